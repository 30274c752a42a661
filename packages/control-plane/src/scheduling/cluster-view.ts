import { isPlaced, type NodeId, type Task } from '@quarterdeck/domain'
import { ClusterSnapshot, type PlacedTask } from '@quarterdeck/scheduler'
import type { Core } from '../core.ts'

/**
 * The scheduler's snapshot, kept in step with the cache change by change, plus what this controller has decided and not yet seen
 * committed: those tasks already hold their room.
 */
export type ClusterView = {
  readonly snapshot: ClusterSnapshot
  /** Counts a task on its node before its commit returns. */
  hold(task: PlacedTask): void
  /** The commit failed: back to what the cache says of the task. */
  settle(taskId: Task['id']): void
  /** Takes the measured load of nodes that changed since the last call. */
  takeLoads(): void
}

export function createClusterView(core: Core): ClusterView {
  let snapshot = new ClusterSnapshot()
  let loadMark = -1

  function take(task: Task): void {
    if (isPlaced(task.state) && task.nodeId !== null) snapshot.placeTask({ ...task, nodeId: task.nodeId })
    else snapshot.releaseTask(task.id)
  }

  function rebuild(): void {
    const cursor = snapshot.cursor
    snapshot = new ClusterSnapshot()
    snapshot.cursor = cursor
    loadMark = -1
    for (const { value, revision } of core.cache.all('node').values()) snapshot.upsertNode(value, revision)
    for (const { value } of core.cache.all('task').values()) take(value)
    snapshot.complete = true
  }

  core.cache.subscribe((change) => {
    if (change.kind === 'reset') return rebuild()
    for (const one of change.changes) {
      if (one.kind === 'node') {
        if (one.after) snapshot.upsertNode(one.after.value, one.after.revision)
        else snapshot.removeNode(one.id as NodeId)
      }
      if (one.kind === 'task') {
        if (one.after) take(one.after.value)
        else snapshot.releaseTask(one.id as Task['id'])
      }
    }
  })
  if (core.cache.complete) rebuild()

  return {
    get snapshot() {
      return snapshot
    },
    hold: (task) => snapshot.placeTask(task),
    settle(taskId) {
      const stored = core.cache.get('task', taskId)
      if (stored) take(stored.value)
      else snapshot.releaseTask(taskId)
    },
    takeLoads() {
      const changed = core.loads.changedSince(loadMark)
      loadMark = changed.mark
      for (const nodeId of changed.nodeIds) {
        const pulse = core.loads.get(nodeId)
        if (pulse) snapshot.setLoad(nodeId, { cpuShare: pulse.cpuShareAverage, memoryShare: pulse.memoryShareAverage })
      }
    },
  }
}
