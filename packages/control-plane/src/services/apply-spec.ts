import { limits, type Service, type ServiceSpec, type ServiceVersion, type UnixMs } from '@quarterdeck/domain'
import { hasNewVersion } from './plan-service.ts'

type Applying = { readonly nowMs: UnixMs; readonly by: string; readonly specVersion: number }

/** The service after `spec` was applied. Only a changed task or health check makes a new version, and only that replaces replicas. */
export function applied(spec: ServiceSpec, before: Service | undefined, { nowMs, by, specVersion }: Applying): Service {
  const { name, mode, replicas, minAvailable, task, health, restart, update } = spec
  const autoscale = spec.autoscale ?? null
  const asked = {
    mode,
    replicas,
    minAvailable,
    restart,
    update,
    autoscale,
    rebalance: spec.rebalance ?? null,
    changedAtMs: nowMs,
    changedBy: by,
  }
  const version: ServiceVersion = { version: specVersion, task, health, by, atMs: nowMs }
  if (!before) {
    return {
      v: 1,
      id: name,
      ...asked,
      specVersion,
      versions: [version],
      rollout: null,
      desired: 'running',
      condition: { state: 'starting', sinceMs: nowMs, because: 'its first replicas are being started' },
      tasksMade: 0,
      createdAtMs: nowMs,
    }
  }
  const condition =
    before.condition.state === 'ok' && replicas > before.replicas
      ? { ...before.condition, state: 'starting' as const, because: `scaling to ${replicas}` }
      : before.condition
  if (!hasNewVersion(before, spec)) return { ...before, ...asked, condition }

  // An update that has not ended is given up for this one: what ran before it is what there is to go back to.
  const isUnfinished = before.rollout?.kind === 'update' && before.rollout.state !== 'done'
  const fromVersion = isUnfinished && before.rollout ? before.rollout.fromVersion : before.specVersion
  return {
    ...before,
    ...asked,
    condition,
    specVersion,
    versions: keptVersions([version, ...before.versions], fromVersion),
    rollout: {
      fromVersion,
      toVersion: specVersion,
      state: 'running',
      kind: 'update',
      startedAtMs: nowMs,
      sinceMs: nowMs,
      because: '',
      promoted: false,
    },
  }
}

/** The newest, and in any case the one that the update may have to go back to. */
function keptVersions(versions: readonly ServiceVersion[], fromVersion: number): ServiceVersion[] {
  const newest = versions.slice(0, limits.serviceVersionsKept)
  const from = versions.find(({ version }) => version === fromVersion)
  return !from || newest.includes(from) ? newest : [...newest.slice(0, -1), from]
}
