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

  const inSlot = new Map<string, number>()
  /** How many of its slot ended since, itself included; a replica that is restarted again and again must not push out other work. */
  const countInSlot = ({ replica }: Task): number => {
    if (!replica) return 0
    const name = `${replica.serviceId}/${replica.slot}`
    const count = (inSlot.get(name) ?? 0) + 1
    inSlot.set(name, count)
    return count
  }
  const surplus = ended.filter((task, place) => {
    const ageMs = nowMs - endOf(task)
    const isSurplusReplica = countInSlot(task) > limits.endedReplicasKept && ageMs >= AGE_MS_MIN
    return ageMs > retention.ageMsMax || isSurplusReplica || (place >= retention.kept && ageMs >= AGE_MS_MIN)
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
