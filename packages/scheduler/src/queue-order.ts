import type { Task } from '@quarterdeck/domain'

/** Higher priority first, then who waits longest, then by id so that the order is the same everywhere. */
export function compareInQueue(
  left: Pick<Task, 'priority' | 'createdAtMs' | 'id'>,
  right: Pick<Task, 'priority' | 'createdAtMs' | 'id'>,
): number {
  if (left.priority !== right.priority) return right.priority - left.priority
  if (left.createdAtMs !== right.createdAtMs) return left.createdAtMs - right.createdAtMs
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0
}
