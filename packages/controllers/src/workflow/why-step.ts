import type { RunStep, WorkflowRun, WorkflowStep, WorkflowVersion } from '@quarterdeck/domain'
import { readinessOf } from './step-readiness.ts'
import { scopeOf } from './step-task.ts'

/** Why a step waits, was skipped or failed, in one sentence; empty for one that runs or succeeded. */
export function whyStep(run: WorkflowRun, step: RunStep, spec: WorkflowStep, version: WorkflowVersion): string {
  if (step.undo?.state === 'failed') return `It could not be undone: ${step.undo.because}`
  if (step.state !== 'waiting') return step.because
  const ready = readinessOf(spec, (name) => run.steps.find((each) => each.name === name), scopeOf(run))
  if (ready.is !== 'ready') return ready.because
  const running = run.steps.filter(({ state }) => state === 'running').length
  return running >= version.parallelMax ? `Waits: ${running} steps run, which is the most.` : 'It is about to begin.'
}
