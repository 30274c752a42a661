import type { Task, UnixMs } from '@quarterdeck/domain'
import { waiting } from '../task/move-to.ts'
import type { TaskChange } from '../task-change.ts'

/** Queues every delayed task whose moment has come. */
export function reconcileDue(tasks: Iterable<Task>, nowMs: UnixMs): TaskChange[] {
  const changes: TaskChange[] = []
  for (const task of tasks) {
    const atMs = dueAtMs(task)
    if (atMs !== null && atMs <= nowMs) changes.push({ task: waiting(task, 'queued', nowMs), events: [] })
  }
  return changes
}

/** When a task must be queued; null for one that does not wait for a moment. The loop sleeps until the earliest. */
export function dueAtMs(task: Pick<Task, 'state' | 'notBeforeMs'>): UnixMs | null {
  if (task.state !== 'delayed') return null
  return task.notBeforeMs ?? (0 as UnixMs)
}
