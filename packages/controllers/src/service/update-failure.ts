import { formatDuration, isTerminal, type Rollout, type Service, type Task, type UnixMs } from '@quarterdeck/domain'
import { exitInWords } from '../task/task-event.ts'
import { hasFailed, isHealthy, isLeavingForGood, isUnhealthy } from './replica-state.ts'

/**
 * Why the running update of a service has failed, as one sentence; null while it has not. It fails with the first new replica that
 * ended by itself, that its health check gave up, or that was not healthy in time. Only what happened since it began, or was resumed,
 * counts; and nothing does when its policy says to go on.
 */
export function updateFailure(service: Service, tasks: readonly Task[], nowMs: UnixMs): string | null {
  const { rollout, update } = service
  if (rollout?.state !== 'running' || update.onFailure === 'continue') return null
  for (const task of tasks) {
    if (task.replica?.specVersion !== rollout.toVersion) continue
    const because = failureOf(task, rollout, service, nowMs)
    if (because !== null) return `Replica ${task.replica.slot} of version ${rollout.toVersion} ${because}`.slice(0, 500)
  }
  return null
}

function failureOf(task: Task, rollout: Rollout, service: Service, nowMs: UnixMs): string | null {
  const { update, restart } = service
  if (isTerminal(task.state)) {
    if ((task.endedAtMs ?? 0) < rollout.sinceMs) return null
    // A program that may end with 0 and is not started again has done what it should.
    const isBadEnd = hasFailed(task) || (task.state === 'succeeded' && restart.condition === 'any')
    if (!isBadEnd) return null
    const on = task.nodeId ? ` on ${task.nodeId}` : ''
    return `ended${on}: ${task.exit ? exitInWords(task.exit) : task.state}`
  }
  if (isLeavingForGood(task) || isHealthy(service, task)) return null
  // A replica that the update goes back to was there before: it is judged from the moment at which the update began.
  const sinceMs = Math.max(task.createdAtMs, rollout.sinceMs)
  if (isUnhealthy(task) && task.createdAtMs >= rollout.startedAtMs)
    return `is unhealthy: ${task.health?.because ?? 'no reason was given'}`
  if (nowMs - sinceMs <= update.healthyDeadlineMs) return null
  const where = task.nodeId ? `${task.state} on ${task.nodeId}` : `${task.state}, no node has taken it`
  return `was not healthy after ${formatDuration(update.healthyDeadlineMs)} (${where}${task.health ? `: ${task.health.because}` : ''})`
}
