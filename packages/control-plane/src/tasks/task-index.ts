import {
  isPlaced,
  type NodeId,
  type Resources,
  type ServiceId,
  type Stored,
  type Task,
  type TaskCounts,
  type TaskId,
  taskStates,
} from '@quarterdeck/domain'
import type { ReadCache } from '@quarterdeck/store'

/**
 * Tasks by node and by state, kept up to date from the cache's changes. Every number here is a cache of the objects and is counted anew
 * at each reset; it must be created before any other subscriber, so that those read it as of the change they are told of.
 */
export type TaskIndex = {
  /** Tasks that hold the node: assigned, running, unknown or stopping. */
  onNode(nodeId: NodeId): ReadonlySet<TaskId>
  /** Nodes that at least one task holds, also ones that are no longer in the cluster. */
  nodes(): Iterable<NodeId>
  reserved(nodeId: NodeId): Resources & { readonly tasks: number }
  counts(): TaskCounts
  inState(state: Task['state']): ReadonlySet<TaskId>
  /** Every task that was made for the service and is still known, ended ones included. */
  ofService(id: ServiceId): ReadonlySet<TaskId>
}

const NONE: ReadonlySet<TaskId> = new Set()
const FREE = { cpuMillis: 0, memoryBytes: 0, tasks: 0 }

export function createTaskIndex(cache: ReadCache): TaskIndex {
  let byNode = new Map<NodeId, Set<TaskId>>()
  let reserved = new Map<NodeId, { cpuMillis: number; memoryBytes: number; tasks: number }>()
  let byState = emptyStates()
  let byService = new Map<ServiceId, Set<TaskId>>()

  function add(task: Task): void {
    byState.get(task.state)?.add(task.id)
    if (task.replica) {
      const ofService = byService.get(task.replica.serviceId) ?? new Set()
      byService.set(task.replica.serviceId, ofService.add(task.id))
    }
    if (!isPlaced(task.state) || task.nodeId === null) return
    const onNode = byNode.get(task.nodeId) ?? new Set()
    byNode.set(task.nodeId, onNode.add(task.id))
    const sum = reserved.get(task.nodeId) ?? { ...FREE }
    sum.cpuMillis += task.resources.cpuMillis
    sum.memoryBytes += task.resources.memoryBytes
    sum.tasks += 1
    reserved.set(task.nodeId, sum)
  }

  function drop(task: Task): void {
    byState.get(task.state)?.delete(task.id)
    if (task.replica) byService.get(task.replica.serviceId)?.delete(task.id)
    if (!isPlaced(task.state) || task.nodeId === null) return
    byNode.get(task.nodeId)?.delete(task.id)
    const sum = reserved.get(task.nodeId)
    if (!sum) return
    sum.cpuMillis -= task.resources.cpuMillis
    sum.memoryBytes -= task.resources.memoryBytes
    sum.tasks -= 1
    if (sum.tasks === 0) {
      reserved.delete(task.nodeId)
      byNode.delete(task.nodeId)
    }
  }

  function recount(): void {
    byNode = new Map()
    reserved = new Map()
    byState = emptyStates()
    byService = new Map()
    for (const stored of cache.all('task').values()) add(stored.value)
  }

  cache.subscribe((change) => {
    if (change.kind === 'reset') return recount()
    for (const one of change.changes) {
      if (one.kind !== 'task') continue
      if (one.before) drop((one.before as Stored<'task'>).value)
      if (one.after) add((one.after as Stored<'task'>).value)
    }
  })
  if (cache.complete) recount()

  return {
    onNode: (nodeId) => byNode.get(nodeId) ?? NONE,
    nodes: () => byNode.keys(),
    reserved: (nodeId) => reserved.get(nodeId) ?? FREE,
    ofService: (id) => byService.get(id) ?? NONE,
    inState: (state) => byState.get(state) ?? NONE,
    counts: () => Object.fromEntries(taskStates.map((state) => [state, byState.get(state)?.size ?? 0])) as TaskCounts,
  }
}

function emptyStates() {
  return new Map(taskStates.map((state) => [state, new Set<TaskId>()]))
}
