import type {
  DecisionEntry,
  GivenPort,
  NodeId,
  StrategyState,
  Task,
  TaskId,
  TaskSpec,
  UnixMs,
} from '@quarterdeck/domain'
import type { Random } from '@quarterdeck/platform'

/** A queued task, with the written-once part that says what it needs. */
export type Pending = { readonly task: Task; readonly spec: TaskSpec }

export type PlanContext = {
  readonly random: Random
  readonly nowMs: UnixMs
  /** Nodes that this plan must treat as cordoned although they are open: how a drain or a loss is previewed. */
  readonly closedNodes?: ReadonlySet<NodeId>
  /** What these nodes are, in the reasons of the plan: "n1 is …". */
  readonly closedAs?: 'being drained' | 'taken for lost' | 'to be tainted'
}

/** One task on one node. Leaves no choice to whoever executes it: check `nodeRevision`, then write. */
export type Placement = {
  readonly taskId: TaskId
  readonly nodeId: NodeId
  /** Revision of the node object that the decision stood on. */
  readonly nodeRevision: number
  /** The GPUs of the node that the task gets. */
  readonly gpus: readonly number[]
  /** The ports of the node that the task gets. */
  readonly ports: readonly GivenPort[]
  /** What the strategy remembers: to be stored in the same commit. */
  readonly remember: readonly StrategyState[]
  readonly decision: DecisionEntry
}

export type Refusal = { readonly taskId: TaskId; readonly decision: DecisionEntry }

export type Plan = {
  readonly placements: readonly Placement[]
  readonly refusals: readonly Refusal[]
}
