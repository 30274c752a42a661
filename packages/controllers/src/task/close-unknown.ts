import type { Task, UnixMs } from '@quarterdeck/domain'
import type { TaskChange } from '../task-change.ts'
import { withAttempt } from './attempts.ts'
import { moveTo } from './move-to.ts'
import { taskEvent } from './task-event.ts'

/** Gives up on a task whose fate nobody can tell. It is never run again; a result that still arrives is kept in its attempt's record. */
export function closeUnknown(task: Task, nowMs: UnixMs, because = 'an operator closed it'): TaskChange {
  const attempts = withAttempt(task, task.attempt, { outcome: 'lost', endedAtMs: nowMs })
  return {
    task: moveTo(task, 'lost-unknown', nowMs, { attempts }),
    events: [taskEvent(task, 'task.lost-unknown', 'warning', `ended with its outcome unknown: ${because}`)],
  }
}
