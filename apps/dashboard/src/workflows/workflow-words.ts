import type { RunStepView, TaskState, WorkflowRunRow } from '@quarterdeck/domain'

/** What is shown of a step before it has a run. */
export type FlowStep = Pick<RunStepView, 'name' | 'after' | 'runsWhat'> &
  Partial<Pick<RunStepView, 'state' | 'taskId' | 'undo' | 'why'>>

export const runTone: Readonly<Record<WorkflowRunRow['state'], string>> = {
  running: 'text-info',
  stopping: 'text-calm',
  compensating: 'text-warn',
  succeeded: 'text-ready',
  failed: 'text-bad',
  cancelled: 'text-calm',
}

export const stepTone: Readonly<Record<RunStepView['state'], string>> = {
  waiting: 'text-muted',
  running: 'text-info',
  succeeded: 'text-ready',
  failed: 'text-bad',
  skipped: 'text-calm',
  cancelled: 'text-calm',
}

/** The task state whose shape a step borrows. */
export const stepShape: Readonly<Record<RunStepView['state'], TaskState>> = {
  waiting: 'queued',
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  skipped: 'delayed',
  cancelled: 'cancelled',
}

export function stepWord({ state, undo }: Pick<RunStepView, 'state' | 'undo'>): string {
  const undone = undo ? { running: ', being undone', done: ', undone', failed: ', not undone' }[undo.state] : ''
  return `${state}${undone}`
}

export function isLiveRun({ state }: Pick<WorkflowRunRow, 'state'>): boolean {
  return state === 'running' || state === 'stopping' || state === 'compensating'
}
