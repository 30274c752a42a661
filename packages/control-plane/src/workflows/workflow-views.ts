import { whyStep } from '@quarterdeck/controllers'
import {
  isLiveWorkflowRun,
  type RunStepView,
  type StepTask,
  type Stored,
  type WorkflowRow,
  type WorkflowRun,
  type WorkflowRunRow,
  type WorkflowRunView,
  type WorkflowVersion,
} from '@quarterdeck/domain'
import type { Core } from '../core.ts'

const WHAT_LENGTH_MAX = 120

export function workflowRow(core: Core, { value, revision }: Stored<'workflow'>): WorkflowRow {
  const { v: _, ...rest } = value
  const runs = runsOf(core, (run) => run.workflowId === value.id)
  return {
    ...rest,
    revision,
    runsLive: runs.filter(isLiveWorkflowRun).length,
    lastRun: runs[0] ? runRow(runs[0]) : null,
  }
}

/** Newest first. */
export function runsOf(core: Core, fits: (run: WorkflowRun) => boolean): WorkflowRun[] {
  return [...core.cache.all('workflow-run').values()]
    .map(({ value }) => value)
    .filter(fits)
    .sort((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1))
}

export function runRow(run: WorkflowRun): WorkflowRunRow {
  const { id, workflowId, version, state, createdAtMs, endedAtMs, by, retries, cancel, steps, ending } = run
  return {
    id,
    workflowId,
    version,
    state,
    createdAtMs,
    endedAtMs,
    by,
    retries,
    cancel,
    stepsTotal: steps.length,
    stepsSucceeded: steps.filter((step) => step.state === 'succeeded').length,
    stepsFailed: steps.filter((step) => step.state === 'failed').length,
    because: ending?.because ?? '',
  }
}

/** A run with what its version says of each step. */
export function runView({ value: run, revision }: Stored<'workflow-run'>, version: WorkflowVersion): WorkflowRunView {
  const steps = run.steps.flatMap((step, index): RunStepView[] => {
    const spec = version.steps[index]
    if (!spec) return []
    const { after, needs, when, onFailure, compensate } = spec
    return [
      {
        ...step,
        after,
        needs,
        when,
        onFailure,
        runsWhat: inShort(spec.task),
        undoneBy: compensate ? inShort(compensate.task) : null,
        why: whyStep(run, step, spec, version),
      },
    ]
  })
  return { ...runRow(run), revision, input: run.input, ending: run.ending, steps }
}

function inShort({ exec, handler }: StepTask): string {
  const what = handler ? `handler ${handler.name}` : [exec?.command ?? '', ...(exec?.args ?? [])].join(' ')
  return what.length > WHAT_LENGTH_MAX ? `${what.slice(0, WHAT_LENGTH_MAX)}…` : what
}
