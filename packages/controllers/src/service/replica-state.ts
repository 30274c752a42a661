import { isPlaced, type Service, type Task, type UnixMs, versionOf } from '@quarterdeck/domain'

/** Whether a live replica is on its way out for good: it fills no slot any more. */
export function isLeavingForGood({ stop }: Task): boolean {
  return stop !== null && stop.becomes !== 'queued'
}

/** Whether a replica does its work now: it runs, and its health check, where it has one, says so. */
export function isHealthy(service: Service, task: Task): boolean {
  return healthySinceMs(service, task) !== null
}

/** Since when it is healthy; null when it is not. */
export function healthySinceMs(
  service: Service,
  { state, startedAtMs, health, sinceMs, replica }: Task,
): UnixMs | null {
  if (state !== 'running' || !replica) return null
  const startMs = startedAtMs ?? sinceMs
  if (!versionOf(service, replica.specVersion)?.health) return startMs
  // What an earlier attempt was told does not count for this one.
  if (!health?.healthy) return null
  return Math.max(health.sinceMs, startMs) as UnixMs
}

/** Healthy for as long as an update waits before it goes on. */
export function isSettled(service: Service, task: Task, nowMs: UnixMs): boolean {
  const sinceMs = healthySinceMs(service, task)
  return sinceMs !== null && nowMs - sinceMs >= service.update.minHealthyMs
}

/** Its health check gave it up. */
export function isUnhealthy({ state, health }: Task): boolean {
  return state === 'running' && health?.healthy === false
}

/** Ended in a way that says something against its version or its node. A replica that somebody stopped did not fail. */
export function hasFailed({ state }: Pick<Task, 'state'>): boolean {
  return state === 'failed' || state === 'dead' || state === 'timed-out' || state === 'lost-unknown'
}

/** The better a replica fills its slot, the higher. */
export function rank(service: Service, task: Task, nowMs: UnixMs): number {
  if (isSettled(service, task, nowMs)) return 4
  if (isHealthy(service, task)) return 3
  if (task.state === 'running') return 2
  return isPlaced(task.state) ? 1 : 0
}
