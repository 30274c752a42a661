import {
  type ControllerView,
  type FeedEvent,
  type NodeRow,
  type Operation,
  type PrimaryStatus,
  type ScheduleRow,
  type ServiceRow,
  type StreamFrame,
  type TaskCounts,
  type TaskRow,
  unpackColumns,
  unpackLoad,
} from '@quarterdeck/domain'
import { KeyedListeners } from './keyed-listeners.ts'
import { LoadColumns } from './load-columns.ts'
import { HeldFrames } from './merge-frames.ts'

type Hello = Extract<StreamFrame, { t: 'hello' }>
type Tick = Extract<StreamFrame, { t: 'tick' }>
type Snapshot = Extract<StreamFrame, { t: 'snapshot' }>
type State = Extract<StreamFrame, { t: 'state' }>

/** Newest events kept on the page; the Events page asks the server for older ones. */
const EVENTS_KEPT = 1_000
const TASKS_KEPT = 20_000

/** Collections that readers follow as a whole, each with a version that grows. */
export type Collection =
  | 'nodes'
  | 'load'
  | 'tasks'
  | 'controllers'
  | 'operations'
  | 'schedules'
  | 'services'
  | 'events'
  | 'tick'
  | 'hello'
  | 'pause'
  | 'snapshot'

/**
 * Everything the live stream said, outside React: frames change it in one pass, then each reader whose slice changed is woken once.
 * It holds what the server sent and derives nothing but counts.
 */
export class ClusterStore {
  readonly nodes = new Map<string, NodeRow>()
  readonly tasks = new Map<string, TaskRow>()
  readonly controllers = new Map<string, ControllerView>()
  readonly operations = new Map<string, Operation>()
  readonly schedules = new Map<string, ScheduleRow>()
  readonly services = new Map<string, ServiceRow>()
  readonly load = new LoadColumns()
  events: readonly FeedEvent[] = []
  counts: TaskCounts | null = null
  hello: Hello | null = null
  tick: Tick | null = null
  /** True once a whole snapshot was taken: before it, "empty" means "not known yet". */
  complete = false
  /** Parts of a running snapshot, for "Catching up 4,210 / 10,000". */
  catchingUp: { readonly sent: number; readonly total: number } | null = null
  pausedAtMs: number | null = null
  framesApplied = 0

  private readonly listeners = new KeyedListeners()
  private readonly versions = new Map<Collection, number>()
  private readonly statusCounts = new Map<PrimaryStatus, number>()
  private readonly held = new HeldFrames()
  private parts: Snapshot[] = []
  private dirty = new Set<string>()

  subscribe(key: string, listener: () => void): () => void {
    return this.listeners.subscribe(key, listener)
  }

  version(collection: Collection): number {
    return this.versions.get(collection) ?? 0
  }

  countOf(status: PrimaryStatus): number {
    return this.statusCounts.get(status) ?? 0
  }

  get changesWaiting(): number {
    return this.held.changes
  }

  /** Takes frames in order and wakes the readers of what changed, once. */
  apply(frames: readonly StreamFrame[]): void {
    for (const frame of frames) {
      if (this.pausedAtMs === null) this.applyOne(frame)
      else {
        this.held.add(frame)
        this.touch('pause')
      }
    }
    this.flush()
  }

  pause(atMs: number): void {
    this.pausedAtMs ??= atMs
    this.touch('pause')
    this.flush()
  }

  /** Applies everything that waited, in one pass. */
  resume(): void {
    this.pausedAtMs = null
    this.touch('pause')
    for (const frame of this.held.take()) this.applyOne(frame)
    this.flush()
  }

  private applyOne(frame: StreamFrame): void {
    this.framesApplied++
    switch (frame.t) {
      case 'hello':
        this.hello = frame
        this.parts = []
        this.touch('hello')
        return
      case 'snapshot':
        this.takePart(frame)
        return
      case 'state':
        this.takeState(frame)
        return
      case 'load':
        this.load.apply(unpackLoad(frame.packed), frame.serverMs)
        this.touch('load')
        return
      case 'tick':
        this.tick = frame
        this.touch('tick')
    }
  }

  /** Parts are kept until the last one, so that no page ever shows half a cluster as the whole. */
  private takePart(part: Snapshot): void {
    this.parts.push(part)
    this.catchingUp = part.last ? null : { sent: part.sent, total: part.total }
    this.touch('snapshot')
    if (!part.last) return

    const parts = this.parts
    this.parts = []
    const nodes = parts.flatMap((each) => (each.nodes ? unpackColumns(each.nodes) : []))
    const tasks = parts.flatMap((each) => (each.tasks ? unpackColumns(each.tasks) : []))
    const schedules = parts.flatMap((each) => each.schedules ?? [])
    const wantedSchedules = new Set(schedules.map((schedule) => schedule.id as string))
    const wanted = new Set(nodes.map((node) => node.id as string))
    const services = parts.flatMap((each) => each.services ?? [])
    const wantedServices = new Set(services.map((service) => service.id as string))
    const wantedTasks = new Set(tasks.map((task) => task.id as string))
    this.takeState({
      t: 'state',
      serverMs: part.serverMs,
      revision: 0,
      nodes,
      nodesGone: [...this.nodes.keys()].filter((id) => !wanted.has(id)),
      tasks,
      tasksGone: [...this.tasks.keys()].filter((id) => !wantedTasks.has(id)),
      controllers: parts.flatMap((each) => each.controllers ?? []),
      operations: parts.flatMap((each) => each.operations ?? []),
      schedules,
      schedulesGone: [...this.schedules.keys()].filter((id) => !wantedSchedules.has(id)),
      services,
      servicesGone: [...this.services.keys()].filter((id) => !wantedServices.has(id)),
      events: parts.flatMap((each) => each.events ?? []),
    })
    for (const each of parts) if (each.counts) this.counts = each.counts
    this.complete = true
    for (const collection of [
      'nodes',
      'tasks',
      'controllers',
      'operations',
      'services',
      'schedules',
      'events',
    ] as const)
      this.touch(collection)
  }

  private takeState(frame: State): void {
    for (const row of frame.nodes ?? []) this.putNode(row)
    for (const id of frame.nodesGone ?? []) this.dropNode(id)
    for (const row of frame.tasks ?? []) this.put(this.tasks, 'task', 'tasks', row)
    for (const id of frame.tasksGone ?? []) if (this.tasks.delete(id)) this.touch('tasks', `task:${id}`)
    for (const row of frame.controllers ?? []) this.put(this.controllers, 'controller', 'controllers', row)
    for (const row of frame.operations ?? []) this.put(this.operations, 'operation', 'operations', row)
    for (const row of frame.schedules ?? []) this.put(this.schedules, 'schedule', 'schedules', row)
    for (const id of frame.schedulesGone ?? []) if (this.schedules.delete(id)) this.touch('schedules', `schedule:${id}`)
    for (const row of frame.services ?? []) this.put(this.services, 'service', 'services', row)
    for (const id of frame.servicesGone ?? []) if (this.services.delete(id)) this.touch('services', `service:${id}`)
    if (frame.events && frame.events.length > 0) this.addEvents(frame.events)
    if (frame.counts) {
      this.counts = frame.counts
      this.touch('tasks')
    }
    this.forgetOldTasks()
  }

  private put<Row extends { readonly id: string }>(
    into: Map<string, Row>,
    kind: string,
    collection: Collection,
    row: Row,
  ): void {
    into.set(row.id, row)
    this.touch(collection, `${kind}:${row.id}`)
  }

  private putNode(row: NodeRow): void {
    const before = this.nodes.get(row.id)
    if (before) this.count(before.status, -1)
    this.count(row.status, 1)
    this.put(this.nodes, 'node', 'nodes', row)
  }

  private dropNode(id: string): void {
    const before = this.nodes.get(id)
    if (!before) return
    this.count(before.status, -1)
    this.nodes.delete(id)
    this.touch('nodes', `node:${id}`)
  }

  private count(status: PrimaryStatus, by: number): void {
    this.statusCounts.set(status, (this.statusCounts.get(status) ?? 0) + by)
  }

  private addEvents(events: readonly FeedEvent[]): void {
    const known = new Set(this.events.map((event) => event.id))
    const fresh = events.filter((event) => !known.has(event.id))
    if (fresh.length === 0) return
    this.events = [...fresh, ...this.events]
      .sort((a, b) => b.revision - a.revision || b.atMs - a.atMs)
      .slice(0, EVENTS_KEPT)
    this.touch('events')
  }

  /** The server reaps terminal tasks; a page that stays open for days must not keep them for ever. */
  private forgetOldTasks(): void {
    if (this.tasks.size <= TASKS_KEPT) return
    const oldestFirst = [...this.tasks.values()]
      .filter((task) => task.endedAtMs !== null)
      .sort((a, b) => a.sinceMs - b.sinceMs)
    for (const task of oldestFirst.slice(0, this.tasks.size - TASKS_KEPT)) this.tasks.delete(task.id)
  }

  private touch(collection: Collection, key?: string): void {
    this.dirty.add(collection)
    if (key) this.dirty.add(key)
  }

  private flush(): void {
    if (this.dirty.size === 0) return
    const dirty = this.dirty
    this.dirty = new Set()
    for (const key of dirty)
      if (!key.includes(':')) this.versions.set(key as Collection, this.version(key as Collection) + 1)
    this.listeners.notify(dirty)
  }
}
