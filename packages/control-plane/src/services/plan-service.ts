import { replicaSlots } from '@quarterdeck/controllers'
import {
  formatDuration,
  type Service,
  type ServicePlan,
  type ServiceSpec,
  type ServiceVersion,
  specOf,
} from '@quarterdeck/domain'
import { plan } from '@quarterdeck/scheduler'
import type { Core } from '../core.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { differences, flat } from '../spec-difference.ts'
import { newReplica } from './new-replica.ts'

const PLACEMENTS_MAX = 50

/** What applying `spec` would do to the service as it is; `before` is undefined when there is none. */
export function planService(
  core: Core,
  view: ClusterView,
  spec: ServiceSpec,
  before: Service | undefined,
): ServicePlan {
  const changes = before ? differences(flat(specOf(before)), flat(spec)) : differences(new Map(), flat(spec))
  const isNewVersion = !before || hasNewVersion(before, spec)
  const specVersion = before ? (isNewVersion ? nextVersion(before) : before.specVersion) : 1
  return {
    name: spec.name,
    act: !before ? 'create' : changes.length === 0 ? 'unchanged' : 'update',
    basis: basisOf(before),
    changes,
    specVersion,
    steps: changes.length === 0 ? ['Nothing changes.'] : stepsOf(spec, before, specVersion),
    placements: placementsOf(core, view, spec, slotsToPlace(spec, before, isNewVersion)),
  }
}

/** Names what a plan stood on: what operators asked for last. */
export function basisOf(service: Service | undefined): string {
  return service ? `${service.specVersion}@${service.changedAtMs}` : 'new'
}

/** Numbers are never used twice, also not those of versions that were gone back from. */
export function nextVersion({ versions, specVersion }: Service): number {
  return Math.max(specVersion, ...versions.map(({ version }) => version)) + 1
}

/** Whether replicas must be replaced, or only the way in which they are kept changes. */
export function hasNewVersion(before: Service, spec: ServiceSpec): boolean {
  const { task, health } = specOf(before)
  return differences(flat({ task, health }), flat({ task: spec.task, health: spec.health })).length > 0
}

function stepsOf(spec: ServiceSpec, before: Service | undefined, specVersion: number): string[] {
  const many = spec.mode === 'system' ? 'one replica on every matching node' : replicas(spec.replicas)
  if (!before) return [`Makes service ${spec.name} with ${many} of version 1.`]
  const steps: string[] = []
  if (hasNewVersion(before, spec)) {
    const { maxParallel, order, minHealthyMs, canary, onFailure } = spec.update
    const way =
      order === 'start-first' ? 'the new one is healthy before the old one is stopped' : 'the old one is stopped first'
    steps.push(
      `Version ${specVersion} replaces version ${before.specVersion}, ${replicas(maxParallel)} at a time: ${way}, and the next begins after ${formatDuration(minHealthyMs)} of health.`,
    )
    if (canary > 0) steps.push(`It waits after ${replicas(canary)} until somebody resumes it.`)
    const then = {
      revert: `it goes back to version ${before.specVersion} by itself`,
      pause: 'it pauses',
      continue: 'it goes on',
    }
    steps.push(`If a new replica fails or is not healthy in time, ${then[onFailure]}.`)
  }
  if (spec.mode === 'replicated' && before.replicas !== spec.replicas)
    steps.push(`Scales from ${before.replicas} to ${replicas(spec.replicas)}.`)
  if (spec.autoscale)
    steps.push(`Its measures then decide between ${spec.autoscale.min} and ${replicas(spec.autoscale.max)}.`)
  return steps.length > 0 ? steps : ['Changes how its replicas are kept. None of them is restarted.']
}

function replicas(count: number): string {
  return count === 1 ? '1 replica' : `${count} replicas`
}

/** New slots, and the first of those that an update replaces. A system service's places are its nodes. */
function slotsToPlace(spec: ServiceSpec, before: Service | undefined, isNewVersion: boolean): string[] {
  if (spec.mode === 'system') return []
  const all = replicaSlots(spec.replicas)
  const fresh = all.slice(before?.replicas ?? 0)
  const replaced = before && isNewVersion ? all.slice(0, Math.min(before.replicas, spec.update.maxParallel)) : []
  return [...replaced, ...fresh].slice(0, PLACEMENTS_MAX)
}

/** By the scheduler's own plan, on the cluster as it is now. */
function placementsOf(
  core: Core,
  view: ClusterView,
  spec: ServiceSpec,
  slots: readonly string[],
): ServicePlan['placements'] {
  if (slots.length === 0) return []
  view.takeLoads()
  const version: ServiceVersion = {
    version: 1,
    task: spec.task,
    health: spec.health,
    by: 'plan',
    atMs: core.platform.clock.unixMs(),
  }
  const pending = slots.map((slot) =>
    newReplica(core, { id: spec.name, mode: spec.mode }, version, {
      slot,
      notBeforeMs: null,
      restarts: 0,
      restartsSinceMs: null,
    }),
  )
  const made = plan(view.snapshot, pending, { random: core.platform.random, nowMs: core.platform.clock.unixMs() })
  return slots.map((slot, index) => {
    const id = pending[index]?.task.id
    const placed = made.placements.find(({ taskId }) => taskId === id)
    const decision = placed?.decision ?? made.refusals.find(({ taskId }) => taskId === id)?.decision
    return {
      slot,
      nodeId: placed?.nodeId ?? null,
      because: decision?.because ?? 'the view of the cluster is not complete yet',
    }
  })
}
