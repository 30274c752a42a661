import { isWaiting, type StopRequest, type Task, type UnixMs } from '@quarterdeck/domain'
import type { TaskChange } from '../task-change.ts'
import { moveTo } from './move-to.ts'
import { taskEvent } from './task-event.ts'

/** A later request replaces an earlier one only when it asks for more. */
const strength: Record<StopRequest['becomes'], number> = { queued: 0, 'timed-out': 1, failed: 1, cancelled: 2 }

/**
 * Asks for the end of a task. One that waits ends at once; one on a node is `stopping` until its agent confirms that its processes are
 * gone. The same task object when there is nothing to ask for: it has ended, or the same or a stronger request is on its way.
 */
export function requestStop(task: Task, request: Omit<StopRequest, 'requestedAtMs'>, nowMs: UnixMs): TaskChange {
  // A program that must never run twice is not queued elsewhere after it was stopped: its end is the end.
  const becomes = request.becomes === 'queued' && task.policy === 'at-most-once' ? 'cancelled' : request.becomes
  if (isWaiting(task.state)) {
    if (becomes === 'queued') return unchanged(task)
    // What never ran cannot have failed.
    return endWaiting(task, becomes === 'failed' ? 'cancelled' : becomes, request, nowMs)
  }
  if (task.stop && strength[becomes] <= strength[task.stop.becomes]) return unchanged(task)

  const stop: StopRequest = { ...request, becomes, requestedAtMs: nowMs }
  const events =
    request.why === 'timeout'
      ? [taskEvent(task, 'task.overdue', 'warning', `is being stopped: its ${request.timeout ?? 'run'} timeout passed`)]
      : []
  switch (task.state) {
    case 'assigned':
    case 'running':
      return { task: moveTo(task, 'stopping', nowMs, { stop }), events }
    case 'stopping':
    case 'unknown':
      // Nobody can say more about an unknown task; the request waits with it for its node.
      return { task: { ...task, stop }, events }
    default:
      return unchanged(task)
  }
}

function endWaiting(
  task: Task,
  becomes: 'cancelled' | 'timed-out',
  request: Omit<StopRequest, 'requestedAtMs'>,
  nowMs: UnixMs,
): TaskChange {
  const stop: StopRequest = { ...request, becomes, requestedAtMs: nowMs }
  const event =
    becomes === 'cancelled'
      ? taskEvent(task, 'task.cancelled', 'info', `was cancelled while it waited, asked for by ${request.by}`)
      : taskEvent(task, 'task.timed-out', 'error', 'timed out: it waited too long for a node')
  return { task: moveTo(task, becomes, nowMs, { stop }), events: [event] }
}

function unchanged(task: Task): TaskChange {
  return { task, events: [] }
}
