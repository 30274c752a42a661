import type {
  ActPlan,
  AsOf,
  DrainOptions,
  DrainPlan,
  LoadHistory,
  LossPlan,
  NodeDetail,
  NodeId,
  NodeRow,
  OperationId,
  Outcome,
  PlanId,
  PlannedAct,
  Taint,
  TaintPreview,
} from '@quarterdeck/domain'
import type { Caller } from './caller.ts'

export type NodesService = {
  list(): AsOf<readonly NodeRow[]>
  get(id: NodeId): Outcome<AsOf<NodeDetail>>
  history(id: NodeId, input: { sinceMs: number }): Outcome<LoadHistory>
  cordon(
    input: { ids: readonly NodeId[]; reason: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly operationId: OperationId | null }>>
  uncordon(
    input: { ids: readonly NodeId[]; reason: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly operationId: OperationId | null }>>
  /** Computes what the loss of these nodes, or of a whole zone, would do now, and keeps it as a plan; changes nothing else. */
  previewLoss(input: { ids: readonly NodeId[]; zone?: string }, caller: Caller): Promise<Outcome<LossPlan>>
  /** Computes what cordon, remove, promote or demote would do to these nodes, and keeps it as a plan; changes nothing else. */
  previewAct(input: { act: PlannedAct; ids: readonly NodeId[] }, caller: Caller): Promise<Outcome<ActPlan>>
  /** Does what was previewed, if it still would do what it said; else `plan_outdated` and the sentence says what differs. */
  confirmAct(
    input: { planId: PlanId; reason: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly operationId: OperationId }>>
  /** Computes and keeps a plan; changes nothing else. */
  previewDrain(input: { ids: readonly NodeId[]; options: DrainOptions }): Promise<Outcome<DrainPlan>>
  /**
   * Starts a drain. With `planId` it carries out that plan if the state it stood on still holds, else `plan_outdated` and the sentence
   * says what differs.
   */
  drain(
    input: { ids: readonly NodeId[]; options: DrainOptions; reason: string; planId?: PlanId },
    caller: Caller,
  ): Promise<Outcome<{ readonly operationId: OperationId }>>
  /** The nodes stay cordoned unless `uncordon`. */
  stopDrain(
    input: { ids: readonly NodeId[]; uncordon: boolean; reason: string },
    caller: Caller,
  ): Promise<Outcome<null>>
  remove(input: { id: NodeId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Asks the node's agent to start a controller beside it. */
  promote(input: { id: NodeId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Asks the node's agent to stop its controller, after it handed leadership over if it leads. */
  demote(input: { id: NodeId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** What these taints, as a whole, would do to the tasks of the node now; changes nothing. */
  previewTaints(input: { id: NodeId; taints: readonly Taint[] }): Outcome<TaintPreview>
  /** Pool, taints as a whole, or both: who may be placed there from now on; `no-execute` also ends what does not tolerate it. */
  setPlacing(
    input: { id: NodeId; pool?: string; taints?: Taint[]; reason: string },
    caller: Caller,
  ): Promise<Outcome<null>>
  setLabels(input: { id: NodeId; labels: Record<string, string> }, caller: Caller): Promise<Outcome<null>>
}
