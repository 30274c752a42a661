import type { RunStepView, WorkflowDetail, WorkflowPlan, WorkflowRunRow, WorkflowRunView } from '@quarterdeck/domain'
import { ago, moment } from './moments.ts'
import { type Column, facts, table } from './table.ts'

export const runColumns: readonly Column<WorkflowRunRow>[] = [
  { title: 'run', of: (run) => run.id },
  { title: 'workflow', of: (run) => `${run.workflowId} v${run.version}` },
  { title: 'state', of: (run) => run.state },
  { title: 'steps', of: (run) => `${run.stepsSucceeded} of ${run.stepsTotal}`, align: 'right' },
  { title: 'retries', of: (run) => run.retries, align: 'right' },
  { title: 'started', of: (run) => `${ago(run.createdAtMs)} ago by ${run.by}` },
  { title: 'because', of: (run) => run.because },
]

const stepColumns: readonly Column<RunStepView>[] = [
  { title: 'step', of: (step) => step.name },
  { title: 'state', of: stateOf },
  { title: 'after', of: (step) => step.after.join(', ') },
  { title: 'task', of: (step) => step.taskId },
  { title: 'why', of: (step) => step.why },
]

function stateOf({ state, undo }: RunStepView): string {
  if (!undo) return state
  return `${state}, ${{ running: 'being undone', done: 'undone', failed: 'not undone' }[undo.state]}`
}

/** One run, step by step. */
export function describeRun(run: WorkflowRunView): string {
  const about = facts([
    ['run', run.id],
    ['workflow', `${run.workflowId}, version ${run.version}`],
    ['state', run.because ? `${run.state}: ${run.because}` : run.state],
    ['succeeded', `${run.stepsSucceeded} of ${run.stepsTotal} steps`],
    ['input', JSON.stringify(run.input)],
    ['retries', run.retries],
    ['started', `${moment(run.createdAtMs)} by ${run.by}`],
    ['ended', run.endedAtMs === null ? null : moment(run.endedAtMs)],
  ])
  return [about, '', table(run.steps, stepColumns, 'It has no steps.')].join('\n')
}

/** One workflow with its steps, versions and newest runs. */
export function describeWorkflow({ workflow, definition, versions, runs }: WorkflowDetail): string {
  const about = facts([
    ['workflow', workflow.id],
    ['about', workflow.description],
    ['version', workflow.version],
    ['changed', `${moment(workflow.changedAtMs)} by ${workflow.changedBy}`],
    ['kept', versions.map(({ version }) => version).join(', ')],
  ])
  const steps = table(
    definition.steps,
    [
      { title: 'step', of: (step) => step.name },
      { title: 'after', of: (step) => step.after.join(', ') },
      { title: 'needs', of: (step) => (step.after.length > 0 ? step.needs : null) },
      { title: 'when', of: (step) => step.when },
      { title: 'on failure', of: (step) => step.onFailure },
      { title: 'undone by', of: (step) => step.compensate && whatRuns(step.compensate.task) },
      { title: 'runs', of: (step) => whatRuns(step.task) },
    ],
    'It has no steps.',
  )
  return [
    about,
    '',
    steps,
    '',
    table(runs.slice(0, 10), runColumns, `No run yet: qd workflow run ${workflow.id}`),
  ].join('\n')
}

function whatRuns({ exec, handler }: WorkflowDetail['definition']['steps'][number]['task']): string {
  return handler ? `handler ${handler.name}` : [exec?.command, ...(exec?.args ?? [])].join(' ')
}

/** What a file would change, line by line, and what follows from it. */
export function describeWorkflowPlan(plan: WorkflowPlan): string {
  const changes = plan.changes.flatMap(({ path, before, after }) => [
    ...(before === null ? [] : [`  - ${path}: ${before}`]),
    ...(after === null ? [] : [`  + ${path}: ${after}`]),
  ])
  return [`Workflow ${plan.name}: ${plan.act}`, ...changes, ...plan.steps].join('\n')
}
