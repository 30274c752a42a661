import type {
  AsOf,
  Outcome,
  WorkflowDetail,
  WorkflowId,
  WorkflowPlan,
  WorkflowRow,
  WorkflowRun,
  WorkflowRunId,
  WorkflowRunRow,
  WorkflowRunView,
  WorkflowSpec,
} from '@quarterdeck/domain'
import type { Caller } from './caller.ts'

export type WorkflowsService = {
  /** By name. */
  list(): AsOf<readonly WorkflowRow[]>
  /** With the definition of `version`, or of the one that new runs take. */
  get(input: { id: WorkflowId; version?: number }): Outcome<AsOf<WorkflowDetail>>
  /** What `apply` would do. Changes nothing. */
  plan(spec: WorkflowSpec): Outcome<WorkflowPlan>
  /** Makes the workflow, or its next version. With `basis` of a plan: only if nobody changed it since. */
  apply(
    input: { spec: WorkflowSpec; basis?: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly plan: WorkflowPlan }>>
  start(
    input: { id: WorkflowId; input: WorkflowRun['input']; idempotencyKey?: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly runId: WorkflowRunId; readonly existing: boolean }>>
  /** Newest first; of one workflow or of all. */
  runs(input: { id?: WorkflowId; limit: number }): AsOf<readonly WorkflowRunRow[]>
  run(id: WorkflowRunId): Outcome<AsOf<WorkflowRunView>>
  /** Nothing more starts, what lives is ended, what was done is undone. */
  cancel(input: { id: WorkflowRunId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Goes on from where it failed; keeps what succeeded. */
  retry(input: { id: WorkflowRunId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Its runs that live go on. */
  remove(input: { id: WorkflowId; reason: string }, caller: Caller): Promise<Outcome<null>>
}
