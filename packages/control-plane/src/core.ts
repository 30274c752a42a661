import type { ControllerId, Incarnation, NodeId, Timings } from '@quarterdeck/domain'
import type { Command } from '@quarterdeck/domain/wire'
import type { Platform } from '@quarterdeck/platform'
import type { Committer, LeaseFence, ReadCache, Store } from '@quarterdeck/store'
import type { Counters } from './counters.ts'
import type { TaskIndex } from './tasks/task-index.ts'

/** What every part of one controller works with. Built once in `create-control-plane.ts`. */
export type Core = {
  readonly id: ControllerId
  readonly incarnation: Incarnation
  /** Where browsers, agents and peers reach this controller. */
  readonly url: string
  readonly version: string
  readonly platform: Platform
  readonly timings: Timings
  readonly store: Store
  readonly cache: ReadCache
  /** `createTaskIndex(cache)`, made right after the cache so that it is its first subscriber. */
  readonly tasks: TaskIndex
  readonly committer: Committer
  readonly counters: Counters
  readonly leadership: LeadershipHandle
  readonly hub: AgentHub
  readonly loads: LoadBook
}

/** Whether this controller decides, asked right before each decision and again by the fence of each commit. */
export type LeadershipHandle = {
  /** The fence for a decision now; null when this controller must not decide. */
  fence(): LeaseFence | null
  /** The highest leadership record seen so far, of whoever; epoch 0 before the first. Goes with every command to an agent. */
  lastSeen(): LeaseFence
  /** Who leads as far as this controller knows; null when nobody does. */
  leader(): { readonly controllerId: ControllerId; readonly epoch: number; readonly sinceMs: number } | null
  /** Wall-clock moment since which there has been no leader; null while there is one. */
  leaderlessSinceMs(): number | null
  /** Calls back at each change of `leader()` and whenever this controller starts or stops deciding. */
  subscribe(listener: (change: { readonly leading: boolean }) => void): { cancel(): void }
  /** A commit of ours came back `fenced`: step down and count it. */
  fenced(): void
  /** A commit of ours, made as the leader, succeeded: stops the takeover's stopwatch the first time. */
  decided(): void
}

/** The agents connected to this controller. */
export type AgentHub = {
  /** The session that is in force here for a node; undefined when the node is connected elsewhere or nowhere. */
  session(nodeId: NodeId): AgentSession | undefined
  sessions(): Iterable<AgentSession>
  /** Pushes to a node connected here. False when it is not, or its buffer is full (the session is then closed; its state recovers by level). */
  send(nodeId: NodeId, command: Command): boolean
}

export type AgentSession = {
  readonly nodeId: NodeId
  readonly sessionId: string
  readonly incarnation: Incarnation
  /** Digest that the agent sent with its last beat. */
  readonly digest: string
}

/** Last measured load of every node, from the beats of all controllers. */
export type LoadBook = {
  get(nodeId: NodeId): NodePulse | undefined
  /** Nodes whose load changed since the call with the previous mark; returns the new mark. */
  changedSince(mark: number): { readonly mark: number; readonly nodeIds: readonly NodeId[] }
}

export type NodePulse = {
  readonly load: import('@quarterdeck/domain').LoadSample
  /** Exponential averages over 30 s, shares 0..1: what the scheduler sees. */
  readonly cpuShareAverage: number
  readonly memoryShareAverage: number
  /** Own monotonic clock at the last beat. */
  readonly heardAtMs: number
  /** Which controller heard it. */
  readonly controllerId: ControllerId
}
