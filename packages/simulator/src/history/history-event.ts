import type {
  ControllerId,
  DeliveryPolicy,
  Kind,
  Node,
  NodeId,
  ObjectOf,
  Resources,
  Task,
  TaskId,
  TaskState,
} from '@quarterdeck/domain'
import type { LeaseFence } from '@quarterdeck/store'

/**
 * What happened in one run, in true order. The simulator records it, and so can a test with real processes (commits from the feed,
 * starts and ends from its tasks): the checkers read nothing else.
 */
export type HistoryEvent = { readonly atMs: number } & (
  | CommitEvent
  | FailoverEvent
  | OrderObeyedEvent
  | AttemptStartedEvent
  | AttemptGoneEvent
  | SubmitAckedEvent
  | ImpairedEvent
  | SettledEvent
  | CrashedEvent
  | FaultEvent
)
export type History = readonly HistoryEvent[]

/** The store accepted a commit. */
export type CommitEvent = {
  readonly kind: 'commit'
  readonly revision: number
  /** Controller that sent it. */
  readonly by: string
  readonly actor: string
  readonly fence: LeaseFence | null
  /** The lease record in force at that moment; null when nobody held it, undefined when the recorder could not see it. */
  readonly lease: (LeaseFence & { readonly holder: ControllerId }) | null | undefined
  readonly changes: readonly CommittedChange[]
}
export type CommittedChange = {
  [K in Kind]: { readonly kind: K; readonly id: string /** null: deleted. */; readonly value: ObjectOf<K> | null }
}[Kind]

/** The store lost every commit after `keptRevision`. */
export type FailoverEvent = { readonly kind: 'failover'; readonly keptRevision: number }

/** A node took an order of a leader: it accepted an attempt, or began to stop one. */
export type OrderObeyedEvent = { readonly kind: 'order-obeyed'; readonly nodeId: NodeId; readonly fence: LeaseFence }

/** A program of an attempt began to run. */
export type AttemptStartedEvent = {
  readonly kind: 'attempt-started'
  readonly nodeId: NodeId
  readonly taskId: TaskId
  readonly attempt: number
  readonly policy: DeliveryPolicy
  readonly resources: Resources
  readonly capacity: Resources & { readonly taskSlots: number }
}

/** Nothing of it runs any more. `exitCode` null: it was killed, or its machine went down. */
export type AttemptGoneEvent = {
  readonly kind: 'attempt-gone'
  readonly nodeId: NodeId
  readonly taskId: TaskId
  readonly attempt: number
  readonly exitCode: number | null
}

/** A client was told that its task is accepted. */
export type SubmitAckedEvent = {
  readonly kind: 'submit-acked'
  readonly taskId: TaskId
  readonly idempotencyKey: string | null
  readonly revision: number
  readonly durable: boolean
}

/** From now on (or no longer) a fault of the node itself or of its network can keep its beats away. */
export type ImpairedEvent = { readonly kind: 'impaired'; readonly nodeId: NodeId; readonly isImpaired: boolean }

/** What is seen after everything was healed and the cluster was left in peace. */
export type SettledEvent = {
  readonly kind: 'settled'
  /** The cluster's wall clock. */
  readonly unixMs: number
  readonly tasks: readonly Task[]
  readonly nodes: readonly Node[]
  readonly leaseHolder: ControllerId | null
  readonly views: readonly ControllerReading[]
}

/** What one controller answers to readers. */
export type ControllerReading = {
  readonly controllerId: ControllerId
  readonly leads: boolean
  readonly leader: ControllerId | null
  readonly taskStates: Readonly<Record<string, TaskState>>
  readonly nodeHealths: Readonly<Record<string, string>>
  /** Its running counter, not a recount. */
  readonly tasksByState: Readonly<Record<string, number>>
}

/** A program of the cluster threw what nobody caught. */
export type CrashedEvent = { readonly kind: 'crashed'; readonly error: string }

/** For the reader of a trace only. */
export type FaultEvent = { readonly kind: 'fault'; readonly what: string }
