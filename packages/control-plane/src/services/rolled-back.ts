import { clusterError, fail, type Outcome, ok, type Rollout, type Service, versionOf } from '@quarterdeck/domain'

/** To `version`, or to the one before: of a running or failed update that is where it came from. */
export function rolledBack(
  service: Service,
  version: number | undefined,
  nowMs: Rollout['startedAtMs'],
): Outcome<Service> {
  const { specVersion, versions, rollout, id } = service
  const isUnfinished = rollout !== null && rollout.state !== 'done'
  const before = isUnfinished ? rollout.fromVersion : versions.find((each) => each.version < specVersion)?.version
  const toVersion = version ?? before
  if (toVersion === undefined || !versionOf(service, toVersion)) {
    const kept = versions.map((each) => each.version).join(', ')
    return fail(
      clusterError(
        'wrong_state',
        `Service ${id} has no ${toVersion === undefined ? 'earlier version' : `version ${toVersion}`}. It has: ${kept}.`,
      ),
    )
  }
  if (toVersion === specVersion)
    return fail(clusterError('wrong_state', `Service ${id} already is at version ${specVersion}.`))
  return ok({
    ...service,
    specVersion: toVersion,
    rollout: {
      fromVersion: specVersion,
      toVersion,
      state: 'running',
      kind: 'rollback',
      startedAtMs: nowMs,
      sinceMs: nowMs,
      because: '',
      promoted: true,
    },
  })
}
