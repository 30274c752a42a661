import type {
  AsOf,
  DeadLetterFilter,
  DeadLetters,
  DispatchPlan,
  DispatchPreview,
  ExplainedNow,
  NodeId,
  Outcome,
  PlanId,
  Replay,
  TaskDetail,
  TaskExplanation,
  TaskId,
  TaskResult,
  TaskRow,
  TaskState,
  TaskSubmit,
} from '@quarterdeck/domain'
import type { LogLine } from '@quarterdeck/domain/wire'
import type { Caller } from './caller.ts'

export type TaskFilter = {
  readonly states?: readonly TaskState[]
  readonly nodeId?: NodeId
  /** Part of the name or id. */
  readonly text?: string
  readonly limit: number
  /** From a previous page. */
  readonly cursor?: string
}

export type TasksService = {
  submit(
    input: TaskSubmit,
    caller: Caller,
  ): Promise<Outcome<{ readonly taskId: TaskId; readonly existing: boolean; readonly revision: number }>>
  /** Many at once; one outcome each, in order. */
  submitMany(
    inputs: readonly TaskSubmit[],
    caller: Caller,
  ): Promise<readonly Outcome<{ readonly taskId: TaskId; readonly existing: boolean }>[]>
  /** Submits and waits for the end, at most `waitMs`; then `row.state` may still be a live one. One call from submit to result. */
  run(
    input: TaskSubmit,
    waitMs: number,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<Outcome<{ readonly row: TaskRow; readonly result: TaskResult | null; readonly existing: boolean }>>
  /** Waits for the end of a task, at most `waitMs`. */
  wait(
    id: TaskId,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<Outcome<{ readonly row: TaskRow; readonly result: TaskResult | null }>>
  preview(input: TaskSubmit): Outcome<DispatchPreview>
  /** Keeps the preview for half an hour, so that `confirm` can carry out exactly this one. */
  plan(input: TaskSubmit, caller: Caller): Promise<Outcome<DispatchPlan>>
  getPlan(planId: PlanId): Promise<Outcome<DispatchPlan>>
  /** Hands the planned task in, to the planned node; `plan_outdated` and what differs when that cannot be any more. */
  confirm(
    input: { planId: PlanId },
    caller: Caller,
  ): Promise<Outcome<{ readonly taskId: TaskId; readonly existing: boolean; readonly revision: number }>>
  /** Why a task is where it is, what would be decided now, and the verdict on one node. */
  explain(input: { id: TaskId; nodeId?: NodeId }): Promise<Outcome<TaskExplanation>>
  /** The same for a task that does not exist yet; null until the view of the cluster is complete. */
  explainNew(input: { task: TaskSubmit; nodeId?: NodeId }): Outcome<ExplainedNow | null>
  list(
    filter: TaskFilter,
  ): AsOf<{ readonly tasks: readonly TaskRow[]; readonly next: string | null; readonly total: number }>
  get(id: TaskId): Promise<Outcome<AsOf<TaskDetail>>>
  cancel(input: { id: TaskId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** A new task with `retryOf`. */
  rerun(input: { id: TaskId }, caller: Caller): Promise<Outcome<{ readonly taskId: TaskId }>>
  /** Tasks that ended without having done what they were for, and what a bulk replay would do. */
  deadLetters(filter: DeadLetterFilter & { readonly limit: number }): AsOf<DeadLetters>
  /** A new task for each matching letter that was not replayed yet, at most 500 per call. */
  replay(filter: DeadLetterFilter, caller: Caller): Promise<Outcome<Replay>>
  /** An operator's word that an unknown attempt is over: `lost-unknown`. */
  closeUnknown(input: { id: TaskId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Yields the row now and at each change; ends after the terminal one. */
  watch(id: TaskId, signal: AbortSignal): AsyncIterable<TaskRow>
  /** Batches of tasks of this caller as they end, from now on: for submitters of many. */
  finished(
    caller: Caller,
    signal: AbortSignal,
  ): AsyncIterable<readonly { readonly taskId: TaskId; readonly state: TaskState; readonly attempt: number }[]>
  /**
   * Output from an offset, live until the attempt ends; from the node while it can be asked, else the stored tail, and a marker line says
   * which and what may be missing.
   */
  logs(
    input: {
      id: TaskId
      attempt?: number
      fromOffset: number /** Asked by another controller: answer from here only. */
      relayed?: boolean
    },
    signal: AbortSignal,
  ): AsyncIterable<LogLine>
}
