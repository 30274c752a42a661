import type { RunStep, UnixMs, WorkflowRun, WorkflowRunId, WorkflowVersion } from '@quarterdeck/domain'

const fresh = {
  state: 'waiting',
  because: '',
  taskId: null,
  startedAtMs: null,
  endedAtMs: null,
  place: null,
  exitCode: null,
  value: null,
  undo: null,
} as const

/** A run of this version with nothing begun. */
export function newRun(
  { workflowId, version, steps }: Pick<WorkflowVersion, 'workflowId' | 'version' | 'steps'>,
  about: {
    readonly id: WorkflowRunId
    readonly input: WorkflowRun['input']
    readonly by: string
    readonly nowMs: UnixMs
    readonly inputHash: string
  },
): WorkflowRun {
  const { id, input, by, nowMs, inputHash } = about
  return {
    v: 1,
    id,
    workflowId,
    version,
    state: 'running',
    ending: null,
    steps: steps.map(({ name }) => ({ name, ...fresh })),
    input,
    cancel: null,
    createdAtMs: nowMs,
    sinceMs: nowMs,
    endedAtMs: null,
    by,
    retries: 0,
    inputHash,
  }
}

/** Nothing more starts, what lives is asked to end, then what was done is undone. */
export function cancelRun(run: WorkflowRun, cancel: NonNullable<WorkflowRun['cancel']>): WorkflowRun {
  return { ...run, cancel }
}

/** Goes on from where it failed: what succeeded and was not undone stays, everything else is decided again. */
export function retryRun(run: WorkflowRun, nowMs: UnixMs): WorkflowRun {
  return {
    ...run,
    state: 'running',
    ending: null,
    cancel: null,
    sinceMs: nowMs,
    endedAtMs: null,
    retries: run.retries + 1,
    steps: run.steps.map((step) => (isKept(step) ? { ...step, undo: null } : { name: step.name, ...fresh })),
  }
}

/** Whether a retry keeps what the step did. One that could not be undone still stands. */
export function isKept({ state, undo }: Pick<RunStep, 'state' | 'undo'>): boolean {
  return state === 'succeeded' && undo?.state !== 'done'
}
