import { limits, type Task, type TaskId } from '@quarterdeck/domain'
import type { Core } from '../core.ts'

/** The queued tasks in the order they are served: by priority, then as they came. Kept from the cache, counted anew at each reset. */
export type TaskQueue = {
  readonly size: number
  /** In order; safe against changes while it is walked. */
  ids(): Iterable<TaskId>
  /** Calls back when a task begins to wait. */
  onArrival(listener: () => void): void
}

export function createTaskQueue(core: Core): TaskQueue {
  let lanes = emptyLanes()
  let size = 0
  const listeners: (() => void)[] = []

  function add(task: Task): void {
    if (task.state !== 'queued') return
    const lane = lanes[limits.priorityMax - task.priority]
    if (!lane || lane.has(task.id)) return
    lane.add(task.id)
    size += 1
  }

  function drop(task: Task): void {
    if (lanes[limits.priorityMax - task.priority]?.delete(task.id)) size -= 1
  }

  function rebuild(): void {
    lanes = emptyLanes()
    size = 0
    const queued = [...core.tasks.inState('queued')].flatMap((id) => core.cache.get('task', id)?.value ?? [])
    for (const task of queued.sort((a, b) => a.createdAtMs - b.createdAtMs)) add(task)
    for (const listener of listeners) listener()
  }

  core.cache.subscribe((change) => {
    if (change.kind === 'reset') return rebuild()
    let arrived = false
    for (const one of change.changes) {
      if (one.kind !== 'task') continue
      if (one.before && one.after?.value.state !== 'queued') drop(one.before.value)
      if (one.after?.value.state === 'queued') {
        add(one.after.value)
        arrived ||= one.before?.value.state !== 'queued'
      }
    }
    if (arrived) for (const listener of listeners) listener()
  })
  if (core.cache.complete) rebuild()

  return {
    get size() {
      return size
    },
    *ids() {
      for (const lane of lanes) yield* lane
    },
    onArrival: (listener) => void listeners.push(listener),
  }
}

function emptyLanes(): Set<TaskId>[] {
  return Array.from({ length: limits.priorityMax + 1 }, () => new Set<TaskId>())
}
