import type { AttemptRecord, Task, UnixMs } from '@quarterdeck/domain'
import { withAttempt } from './attempts.ts'
import { moveTo } from './move-to.ts'

/**
 * A task whose attempt was given up as lost and not yet begun elsewhere, back on its old node: the same attempt goes on, because
 * starting over would throw work away. Ends in `assigned`, or in `running` when it had begun.
 */
export function revive(task: Task, record: AttemptRecord, nowMs: UnixMs): Task {
  const queued = task.state === 'delayed' ? moveTo(task, 'queued', nowMs) : task
  const back = {
    nodeId: record.nodeId,
    startedAtMs: record.startedAtMs,
    notBeforeMs: null,
    avoid: task.avoid.filter(({ nodeId }) => nodeId !== record.nodeId),
    attempts: withAttempt(task, record.attempt, {
      outcome: record.startedAtMs === null ? 'assigned' : 'running',
      endedAtMs: null,
    }),
  }
  const assigned = moveTo(queued, 'assigned', nowMs, back)
  return record.startedAtMs === null ? assigned : moveTo(assigned, 'running', nowMs)
}
