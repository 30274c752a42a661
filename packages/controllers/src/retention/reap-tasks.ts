import { isTerminal, limits, type Task, type UnixMs } from '@quarterdeck/domain'
import type { Deletion } from './deletion.ts'

export type TaskRetention = { readonly kept: number; readonly ageMsMax: number }

const defaultRetention: TaskRetention = { kept: limits.terminalTasksKept, ageMsMax: limits.terminalTaskAgeMsMax }

/** A task that just ended stays at least this long, however many there are: somebody may be about to read its result. */
const AGE_MS_MIN = 10_000

/** Ended tasks that are too many or too old, oldest first, each with everything that belongs to it. */
export function reapTasks(
  tasks: Iterable<Task>,
  nowMs: UnixMs,
  retention: TaskRetention = defaultRetention,
): Deletion[] {
  const ended: Task[] = []
  for (const task of tasks) if (isTerminal(task.state)) ended.push(task)
  ended.sort((left, right) => endOf(right) - endOf(left))

  const surplus = ended.filter((task, place) => {
    const ageMs = nowMs - endOf(task)
    return ageMs > retention.ageMsMax || (place >= retention.kept && ageMs >= AGE_MS_MIN)
  })
  return surplus.reverse().flatMap(everythingOf)
}

function endOf(task: Task): number {
  return task.endedAtMs ?? task.sinceMs
}

/** Decisions are stored per attempt, the one of a refusal that no attempt followed included. */
function everythingOf({ id, attempt }: Task): Deletion[] {
  const decisions = Array.from(
    { length: attempt + 1 },
    (_, index): Deletion => ({ kind: 'decision', id: `${id}.${index + 1}` }),
  )
  return [{ kind: 'task', id }, { kind: 'task-spec', id }, { kind: 'task-result', id }, ...decisions]
}
