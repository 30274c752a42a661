import type { Capacity, Node, NodeId, Resources, Taint, Task, TaskAffinity, TaskId } from '@quarterdeck/domain'
import { Accounts, at } from './accounts.ts'
import { Repulsion } from './affinity/repulsion.ts'
import { Breakers } from './breakers.ts'
import { Derived } from './derived.ts'
import { Latencies } from './latencies.ts'
import { Neighbours } from './neighbours.ts'
import { NodeClasses } from './node-classes.ts'
import { type NodeEntry, nodeEntry } from './node-entry.ts'
import { type NodePlaces, nodePlaces } from './node-places.ts'
import { StrategyMemory } from './strategy-memory.ts'
import { Workload } from './workload.ts'

/** A task that holds a node. */
export type PlacedTask = Pick<Task, 'id' | 'name' | 'resources' | 'gpus' | 'ports'> & {
  readonly nodeId: NodeId
  /** The jobs that it keeps away, and within which label. */
  readonly apart?: readonly Pick<TaskAffinity, 'job' | 'within'>[]
  /** It does not run there yet: the room is held for it until others have left. */
  readonly isAwaited?: boolean
}

type Held = { readonly task: PlacedTask; readonly index: number; readonly zone: string }

/**
 * The cluster as the scheduler sees it, kept up to date change by change and never rebuilt per task.
 *
 * One writer keeps it in step with the store; `plan()` reads it and works on a fork. Each method may be called again with the same
 * argument without effect, so a change that is heard twice does no harm.
 */
export class ClusterSnapshot {
  /** Whether everything was read at least once. Until then nothing may be concluded from what is not here. */
  complete = false

  readonly accounts = new Accounts()
  readonly classes = new NodeClasses()
  readonly neighbours = new Neighbours()
  readonly repulsion = new Repulsion()
  /** What strategies remember beyond one decision. */
  readonly memory = new StrategyMemory((nodeId) => this.#indexFor(nodeId))
  /** Which jobs are kept away from which nodes. */
  readonly breakers = new Breakers()
  /** Which shapes of task come how often. */
  readonly workload = new Workload()
  /** How long runs take on each node. */
  readonly latencies = new Latencies((nodeId) => this.#indexFor(nodeId))
  /** What is computed of the above and kept until it changes. */
  readonly derived = new Derived()

  /** Nodes with taints that keep off whoever can go elsewhere. */
  readonly discouraged = new Map<NodeId, readonly Taint[]>()

  /** Every zone that was ever seen, and which of them each node is in: a strategy counts per zone once, then reads by number. */
  readonly zones: string[] = []
  readonly zoneOf: number[] = []
  /** By node index: how much work it takes beside the others, and since when it is as healthy as it is. */
  readonly weightOf: number[] = []
  readonly healthSinceMs: number[] = []

  readonly #indexes = new Map<NodeId, number>()
  readonly #entries: (NodeEntry | undefined)[] = []
  readonly #tasks = new Map<TaskId, Held>()
  readonly #tasksByIndex: Set<TaskId>[] = []
  #nodeCount = 0
  #nodesVersion = 0
  #places: NodePlaces | undefined

  get nodeCount(): number {
    return this.#nodeCount
  }

  /** Changes when a node joins, leaves or gets another weight, zone or label: what is built over all nodes holds until then. */
  get nodesVersion(): number {
    return this.#nodesVersion
  }

  entry(index: number): NodeEntry | undefined {
    return this.#entries[index]
  }

  entryOf(nodeId: NodeId): NodeEntry | undefined {
    const index = this.#indexes.get(nodeId)
    return index === undefined ? undefined : this.#entries[index]
  }

  *entries(): Iterable<NodeEntry> {
    for (const entry of this.#entries) if (entry) yield entry
  }

  /** The order of the nodes by id, for strategies that take turns. */
  places(): NodePlaces {
    this.#places ??= nodePlaces(this.entries(), this.#entries.length)
    return this.#places
  }

  tasksOn(nodeId: NodeId): ReadonlySet<TaskId> {
    const index = this.#indexes.get(nodeId)
    return (index === undefined ? undefined : this.#tasksByIndex[index]) ?? new Set()
  }

  /**
   * Share of CPU or memory that is reserved on a node, whichever is higher, 0..1 and above when it is overbooked; with `more` on top.
   * Null for an unknown node.
   */
  reservedShare(nodeId: NodeId, more: Resources = { cpuMillis: 0, memoryBytes: 0 }): number | null {
    const entry = this.entryOf(nodeId)
    if (!entry) return null
    const { cpuMillisTotal, cpuMillisFree, memoryBytesTotal, memoryBytesFree } = this.accounts
    const share = (total: number, free: number) => (total > 0 ? 1 - free / total : 0)
    return Math.max(
      share(at(cpuMillisTotal, entry.index), at(cpuMillisFree, entry.index) - more.cpuMillis),
      share(at(memoryBytesTotal, entry.index), at(memoryBytesFree, entry.index) - more.memoryBytes),
    )
  }

  upsertNode(node: Node, revision: number): void {
    const index = this.#indexFor(node.id)
    const known = this.#entries[index]
    const entry = nodeEntry(index, node, revision)
    this.#entries[index] = entry
    if (!known || !sameCapacity(known.node.capacity, node.capacity)) this.accounts.setCapacity(index, node.capacity)
    this.zoneOf[index] = this.#zoneNumber(node.zone)
    this.weightOf[index] = entry.weight
    this.healthSinceMs[index] = node.healthSinceMs
    const mild = (node.taints ?? []).filter(({ effect }) => effect === 'prefer-not')
    if (mild.length > 0) this.discouraged.set(node.id, mild)
    else this.discouraged.delete(node.id)

    if (known?.classKey === entry.classKey) {
      this.#moveTasksToZone(index, known.node.zone, node.zone)
      return
    }
    this.#nodesVersion += 1
    if (known) this.classes.remove(known, (other) => this.#entries[other])
    else this.#countNodes(1)
    this.classes.add(entry)
    this.#moveTasksToZone(index, known?.node.zone ?? '', node.zone)
  }

  /** Forgets a node. Tasks that still name it stay counted at its place, for the case that it comes back. */
  removeNode(nodeId: NodeId): void {
    const entry = this.entryOf(nodeId)
    if (!entry) return
    this.classes.remove(entry, (other) => this.#entries[other])
    this.discouraged.delete(nodeId)
    this.#entries[entry.index] = undefined
    this.#countNodes(-1)
    this.#moveTasksToZone(entry.index, entry.node.zone, '')
    this.accounts.setCapacity(entry.index, { cpuMillis: 0, memoryBytes: 0, taskSlots: 0 })
    this.accounts.setLoad(entry.index, null, null)
  }

  /** A task that is counted on a node, with the index of that node. */
  held(taskId: TaskId): { readonly task: PlacedTask; readonly index: number } | undefined {
    return this.#tasks.get(taskId)
  }

  /** Counts a task on its node; a task that was counted elsewhere moves. The node may become known later. */
  placeTask(task: PlacedTask): void {
    const held = this.#tasks.get(task.id)
    if (held?.task.nodeId === task.nodeId && held.task.isAwaited === task.isAwaited) return
    if (held) this.releaseTask(task.id)

    const index = this.#indexFor(task.nodeId)
    const zone = this.#entries[index]?.node.zone ?? ''
    this.accounts.reserve(index, task.resources, task.gpus, task.ports)
    this.neighbours.add(task.name, zone, index, 1)
    this.repulsion.add(task, index, 1)
    this.#tasks.set(task.id, { task, index, zone })
    this.#tasksByIndex[index]?.add(task.id)
  }

  releaseTask(taskId: TaskId): void {
    const held = this.#tasks.get(taskId)
    if (!held) return
    this.accounts.release(held.index, held.task.resources, held.task.gpus, held.task.ports)
    this.neighbours.add(held.task.name, held.zone, held.index, -1)
    this.repulsion.add(held.task, held.index, -1)
    this.#tasks.delete(taskId)
    this.#tasksByIndex[held.index]?.delete(taskId)
  }

  /** What `look` sees with this task on another node, or on none (null); afterwards everything is as it was. */
  supposing<Value>(task: PlacedTask, nodeId: NodeId | null, look: () => Value): Value {
    const held = this.#tasks.get(task.id)?.task
    if (nodeId === null) this.releaseTask(task.id)
    else this.placeTask({ ...(held ?? task), nodeId })
    try {
      return look()
    } finally {
      if (held) this.placeTask(held)
      else this.releaseTask(task.id)
    }
  }

  /** Measured averages of a node, shares 0..1; null when the machine does not tell. */
  setLoad(nodeId: NodeId, load: { readonly cpuShare: number | null; readonly memoryShare: number | null }): void {
    const index = this.#indexes.get(nodeId)
    if (index !== undefined) this.accounts.setLoad(index, load.cpuShare, load.memoryShare)
  }

  #zoneNumber(zone: string): number {
    const known = this.zones.indexOf(zone)
    return known >= 0 ? known : this.zones.push(zone) - 1
  }

  #countNodes(change: 1 | -1): void {
    this.#nodeCount += change
    this.#nodesVersion += 1
    this.#places = undefined
  }

  /** An index is given once per node id and kept, so that tasks of a node that left keep their place. */
  #indexFor(nodeId: NodeId): number {
    const known = this.#indexes.get(nodeId)
    if (known !== undefined) return known
    const index = this.#tasksByIndex.push(new Set()) - 1
    this.#indexes.set(nodeId, index)
    this.accounts.grow(index)
    return index
  }

  #moveTasksToZone(index: number, from: string, to: string): void {
    if (from === to) return
    for (const taskId of this.#tasksByIndex[index] ?? []) {
      const held = this.#tasks.get(taskId)
      if (!held) continue
      this.neighbours.add(held.task.name, held.zone, index, -1)
      this.neighbours.add(held.task.name, to, index, 1)
      this.#tasks.set(taskId, { ...held, zone: to })
    }
  }
}

function sameCapacity(left: Capacity, right: Capacity): boolean {
  return (
    left === right ||
    (left.cpuMillis === right.cpuMillis &&
      left.memoryBytes === right.memoryBytes &&
      left.taskSlots === right.taskSlots &&
      JSON.stringify([left.gpus ?? [], left.ports]) === JSON.stringify([right.gpus ?? [], right.ports]))
  )
}
