import { type Idempotency, isTerminal, type Task, type TaskId, type UnixMs } from '@quarterdeck/domain'
import type { Deletion } from './deletion.ts'

const KEY_AGE_MS_MAX = 24 * 3_600_000

/** Keys older than a day. One whose task still lives stays: forgetting it could run the same work twice at the same time. */
export function reapIdempotency(
  keys: Iterable<Idempotency>,
  taskOf: (id: TaskId) => Task | undefined,
  nowMs: UnixMs,
): Deletion[] {
  const deletions: Deletion[] = []
  for (const key of keys) {
    const task = taskOf(key.taskId)
    const isLive = task !== undefined && !isTerminal(task.state)
    if (!isLive && nowMs - key.createdAtMs > KEY_AGE_MS_MAX) deletions.push({ kind: 'idempotency', id: key.id })
  }
  return deletions
}
