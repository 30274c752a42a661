import type { RunStep, Workflow, WorkflowRun, WorkflowStep, WorkflowVersion } from './workflow.ts'

/** One line of the list of workflows. */
export type WorkflowRow = Omit<Workflow, 'v'> & {
  readonly revision: number
  readonly runsLive: number
  readonly lastRun: WorkflowRunRow | null
}

/** One line of the list of runs. */
export type WorkflowRunRow = Pick<
  WorkflowRun,
  'id' | 'workflowId' | 'version' | 'state' | 'createdAtMs' | 'endedAtMs' | 'by' | 'retries' | 'cancel'
> & {
  readonly stepsTotal: number
  readonly stepsSucceeded: number
  readonly stepsFailed: number
  readonly because: string
}

export type WorkflowDetail = {
  readonly workflow: WorkflowRow
  readonly definition: WorkflowVersion
  /** Newest first. */
  readonly versions: readonly Pick<WorkflowVersion, 'version' | 'atMs' | 'by'>[]
  readonly runs: readonly WorkflowRunRow[]
}

/** A step as it stands, with what its definition says of it, for a drawing of the run. */
export type RunStepView = RunStep &
  Pick<WorkflowStep, 'after' | 'needs' | 'when' | 'onFailure'> & {
    readonly runsWhat: string
    readonly undoneBy: string | null
    /** Why it waits, was skipped or failed, in one sentence; empty for the rest. */
    readonly why: string
  }

export type WorkflowRunView = WorkflowRunRow & {
  readonly revision: number
  readonly input: WorkflowRun['input']
  readonly ending: WorkflowRun['ending']
  readonly steps: readonly RunStepView[]
}

/** What applying a file would do. Stands on `basis`; `apply` with another one is refused. */
export type WorkflowPlan = {
  readonly name: string
  readonly act: 'create' | 'update' | 'unchanged'
  readonly basis: string
  readonly changes: readonly { readonly path: string; readonly before: string | null; readonly after: string | null }[]
  readonly version: number
  readonly steps: readonly string[]
}
