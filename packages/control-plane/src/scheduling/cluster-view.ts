import { isPlaced, type NodeId, type Task, type TaskSpec, type UnixMs } from '@quarterdeck/domain'
import { apartOf, ClusterSnapshot, type PlacedTask } from '@quarterdeck/scheduler'
import type { ObjectChange } from '@quarterdeck/store'
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
    if (isPlaced(task.state) && task.nodeId !== null)
      snapshot.placeTask(placedTask(task, task.nodeId, core.cache.get('task-spec', task.id)?.value))
    else if (task.room && task.state === 'queued')
      snapshot.placeTask(awaitedTask(task, task.room, core.cache.get('task-spec', task.id)?.value))
    else snapshot.releaseTask(task.id)
  }

  function takeChange({ id, before, after }: Extract<ObjectChange, { kind: 'task' }>): void {
    if (!after) {
      snapshot.releaseTask(id as Task['id'])
      if (before) snapshot.workload.remove(before.value.resources)
      return
    }
    take(after.value)
    if (!before) snapshot.workload.add(after.value.resources)
    for (const run of endedRuns(after.value, before?.value)) note(run)
  }

  function note({ nodeId, runMs, endedAtMs }: EndedRun): void {
    snapshot.latencies.note(nodeId, runMs, endedAtMs)
  }

  function rebuild(): void {
    snapshot = new ClusterSnapshot()
    loadMark = -1
    for (const { value, revision } of core.cache.all('node').values()) snapshot.upsertNode(value, revision)
    for (const { value } of core.cache.all('strategy-state').values()) snapshot.memory.take(value)
    for (const { value } of core.cache.all('breaker').values()) snapshot.breakers.take(value)
    const ended: EndedRun[] = []
    for (const { value } of core.cache.all('task').values()) {
      take(value)
      snapshot.workload.add(value.resources)
      ended.push(...endedRuns(value, undefined))
    }
    for (const run of ended.sort((left, right) => left.endedAtMs - right.endedAtMs)) note(run)
    snapshot.complete = true
  }

  core.cache.subscribe((change) => {
    if (change.kind === 'reset') return rebuild()
    for (const one of change.changes) {
      if (one.kind === 'node') {
        if (one.after) snapshot.upsertNode(one.after.value, one.after.revision)
        else snapshot.removeNode(one.id as NodeId)
      }
      if (one.kind === 'strategy-state') {
        if (one.after) snapshot.memory.take(one.after.value)
        else snapshot.memory.forget(one.id)
      }
      if (one.kind === 'breaker') {
        if (one.after) snapshot.breakers.take(one.after.value)
        else snapshot.breakers.forget(one.id)
      }
      if (one.kind === 'task') takeChange(one)
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

/** A task as it holds a node. `spec` is undefined for one whose written-once part is not there any more. */
export function placedTask(task: Task, nodeId: NodeId, spec: TaskSpec | undefined): PlacedTask {
  const apart = spec ? apartOf(spec) : []
  return apart.length > 0 ? { ...task, nodeId, apart } : { ...task, nodeId }
}

/** A waiting task as it holds the room that is being made for it. */
export function awaitedTask(
  task: Task,
  { nodeId, gpus }: NonNullable<Task['room']>,
  spec: TaskSpec | undefined,
): PlacedTask {
  const ports = (spec?.ports ?? []).flatMap(({ name, port }) => (port === undefined ? [] : [{ name, port }]))
  return { ...placedTask(task, nodeId, spec), gpus, ports, isAwaited: true }
}

type EndedRun = { readonly nodeId: NodeId; readonly runMs: number; readonly endedAtMs: UnixMs }

/** The attempts that ended by themselves since `before`: how long work takes on a node. */
function endedRuns(task: Task, before: Task | undefined): EndedRun[] {
  if (before?.attempts === task.attempts) return []
  const known = new Set(
    (before?.attempts ?? []).filter(({ endedAtMs }) => endedAtMs !== null).map(({ attempt }) => attempt),
  )
  return task.attempts.flatMap(({ attempt, nodeId, outcome, startedAtMs, endedAtMs }) => {
    if (known.has(attempt) || startedAtMs === null || endedAtMs === null) return []
    if (outcome !== 'succeeded' && outcome !== 'failed') return []
    return [{ nodeId, runMs: Math.max(0, endedAtMs - startedAtMs), endedAtMs }]
  })
}
