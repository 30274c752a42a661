import {
  assert,
  type ClusterEvent,
  formatDuration,
  isLiveWorkflowRun,
  isTerminal,
  limits,
  type RunStep,
  type Task,
  type TaskId,
  type TaskResult,
  type TaskSubmit,
  type UnixMs,
  type WorkflowRun,
  type WorkflowStep,
  type WorkflowVersion,
} from '@quarterdeck/domain'
import { exitInWords } from '../task/task-event.ts'
import { readinessOf } from './step-readiness.ts'
import { givenBy, scopeOf, stepsRead, stepTask } from './step-task.ts'

export type StepOfTask = Pick<Task, 'state' | 'exit' | 'endedAtMs' | 'stop'>

export type RunAround = {
  taskOf(id: TaskId): StepOfTask | undefined
  /** What an ended task left; undefined: not read yet, so its step is settled at the next look. */
  resultOf(id: TaskId): TaskResult | null | undefined
  readonly isQueueFull: boolean
  readonly nowMs: UnixMs
}

/** The next value of a run and what goes with it, in one commit. */
export type RunChange = {
  readonly run: WorkflowRun
  readonly create: readonly { readonly taskId: TaskId; readonly task: TaskSubmit }[]
  /** Tasks whose end is asked for. */
  readonly stop: readonly TaskId[]
  readonly events: readonly ClusterEvent[]
}

/**
 * Says what one run must do now; null when nothing. Level-triggered: a leader that takes over decides the same as the one before. The
 * ids of tasks follow from the run, so that two leaders mean the same task. Applying the change and calling again returns the next
 * change or null, never the same one.
 */
export function reconcileRun(run: WorkflowRun, version: WorkflowVersion, around: RunAround): RunChange | null {
  if (!isLiveWorkflowRun(run)) return null
  const draft: Draft = { run, steps: [...run.steps], version, around, create: [], stop: [], events: [] }
  settleSteps(draft)
  if (draft.run.state === 'running') beginEnding(draft)
  if (draft.run.state === 'running') goOn(draft)
  if (draft.run.state === 'stopping') stopSteps(draft)
  if (draft.run.state === 'compensating') undoSteps(draft)
  const isSame = draft.run === run && draft.steps.every((step, index) => step === run.steps[index])
  if (isSame && draft.stop.length === 0) return null
  return { run: { ...draft.run, steps: draft.steps }, create: draft.create, stop: draft.stop, events: draft.events }
}

/** Ended tasks whose result must be read before their steps can be settled. */
export function resultsWanted(
  run: WorkflowRun,
  { steps }: Pick<WorkflowVersion, 'steps'>,
  taskOf: RunAround['taskOf'],
): TaskId[] {
  if (!isLiveWorkflowRun(run)) return []
  const ended = run.steps.filter(
    ({ state, taskId }) => state === 'running' && taskId !== null && taskOf(taskId)?.state === 'succeeded',
  )
  if (ended.length === 0) return []
  const wanted = stepsRead(steps)
  return ended.flatMap(({ name, taskId }) => (taskId !== null && wanted.has(name) ? [taskId] : []))
}

type Draft = {
  run: WorkflowRun
  readonly steps: RunStep[]
  readonly version: WorkflowVersion
  readonly around: RunAround
  readonly create: { taskId: TaskId; task: TaskSubmit }[]
  readonly stop: TaskId[]
  readonly events: ClusterEvent[]
}

function settleSteps(draft: Draft): void {
  const { around, steps, version } = draft
  const ended = steps
    .map((step, index) => ({ step, index, task: endedTask(step, around) }))
    .filter(({ task }) => task !== null)
    // In the order in which they ended, so that undoing goes exactly backwards.
    .sort((a, b) => (a.task?.endedAtMs ?? 0) - (b.task?.endedAtMs ?? 0) || a.index - b.index)
  // Reading every expression is dear; most looks find nothing that has ended.
  const wanted = ended.length > 0 ? stepsRead(version.steps) : new Set<string>()
  for (const { step, index, task } of ended) if (task) steps[index] = settled(step, task, wanted.has(step.name), draft)
  for (const [index, step] of steps.entries()) {
    if (step.undo?.state !== 'running') continue
    const task = around.taskOf(step.undo.taskId) ?? gone
    if (!isTerminal(task.state)) continue
    const isDone = task.state === 'succeeded'
    const undo = {
      ...step.undo,
      state: isDone ? ('done' as const) : ('failed' as const),
      endedAtMs: task.endedAtMs ?? around.nowMs,
      because: isDone ? '' : howItEnded(task),
    }
    steps[index] = { ...step, undo }
    if (!isDone)
      draft.events.push(runEvent(draft.run, 'undo-failed', 'error', `could not undo ${step.name}: ${undo.because}`))
  }
}

/** Gone without a trace: it ended long ago and was reaped before anybody looked. */
const gone: StepOfTask = { state: 'lost-unknown', exit: null, endedAtMs: null, stop: null }

function endedTask({ state, taskId }: RunStep, { taskOf }: RunAround): StepOfTask | null {
  if (state !== 'running' || taskId === null) return null
  const task = taskOf(taskId) ?? gone
  return isTerminal(task.state) ? task : null
}

function settled(step: RunStep, task: StepOfTask, isRead: boolean, { around, steps, run }: Draft): RunStep {
  const ended = { ...step, endedAtMs: task.endedAtMs ?? around.nowMs, exitCode: task.exit?.code ?? null }
  if (task.state !== 'succeeded') {
    const isOurs = task.state === 'cancelled' && run.state === 'stopping'
    return { ...ended, state: isOurs ? 'cancelled' : 'failed', because: isOurs ? 'The run ended.' : howItEnded(task) }
  }
  const place = Math.max(-1, ...steps.map((each) => each.place ?? -1)) + 1
  if (!isRead) return { ...ended, state: 'succeeded', place }
  const result = step.taskId === null ? null : around.resultOf(step.taskId)
  if (result === undefined) return step
  const value = givenBy(result)
  // It did its work all the same, so it keeps its place among what is to be undone.
  if (!value.ok) return { ...ended, state: 'failed', because: value.error, place }
  return { ...ended, state: 'succeeded', place, value: value.value }
}

function howItEnded({ state, exit }: StepOfTask): string {
  if (state === 'cancelled') return 'Its task was cancelled.'
  if (state === 'lost-unknown') return 'Nobody knows how its task ended.'
  const text = exit ? exitInWords(exit) : `its task is ${state}`
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`.slice(0, limits.reasonLengthMax)
}

/** Ends the run early when it was cancelled, a step failed it, or it takes too long. */
function beginEnding(draft: Draft): void {
  const ending = earlyEnd(draft)
  if (!ending) return
  const because = ending.because.slice(0, limits.reasonLengthMax)
  draft.run = { ...draft.run, state: 'stopping', ending: { ...ending, because } }
}

function earlyEnd({ run, steps, version, around }: Draft): WorkflowRun['ending'] {
  if (run.cancel) {
    const { by, reason } = run.cancel
    return { becomes: 'cancelled', undoes: true, because: `Cancelled by ${by}${reason ? `: ${reason}` : ''}.` }
  }
  for (const [index, { name, state, because }] of steps.entries()) {
    const { onFailure } = stepSpec(version, index)
    if (state !== 'failed' || onFailure === 'ignore') continue
    return { becomes: 'failed', undoes: onFailure === 'compensate', because: `Step ${name} failed: ${because}` }
  }
  const { runTimeoutMs } = version
  if (runTimeoutMs === null || around.nowMs - run.sinceMs < runTimeoutMs) return null
  return {
    becomes: 'failed',
    undoes: true,
    because: `It took longer than its timeout of ${formatDuration(runTimeoutMs)}.`,
  }
}

/** Begins what is ready, skips what will never run, and ends the run when nothing is left. */
function goOn(draft: Draft): void {
  const { steps, version, around } = draft
  for (let isMoving = true; isMoving; ) {
    isMoving = false
    for (const [index, step] of steps.entries()) {
      if (step.state !== 'waiting') continue
      const ready = readinessOf(
        stepSpec(version, index),
        (name) => steps.find((each) => each.name === name),
        scope(draft),
      )
      if (ready.is === 'waiting') continue
      if (ready.is === 'ready' && (around.isQueueFull || running(steps) >= version.parallelMax)) continue
      steps[index] =
        ready.is === 'ready'
          ? begun(draft, step, index)
          : { ...step, state: 'skipped', because: ready.because, endedAtMs: around.nowMs }
      isMoving = true
    }
  }
  // One that could not even begin ends the run like one that failed.
  beginEnding(draft)
  if (draft.run.state === 'running' && steps.every(({ state }) => state !== 'waiting' && state !== 'running'))
    endRun(draft, 'succeeded', '')
}

function begun(draft: Draft, step: RunStep, index: number): RunStep {
  const { run, version, around, create } = draft
  const task = stepTask(stepSpec(version, index), { name: `${run.workflowId}.${step.name}`, scope: scope(draft) })
  if (!task.ok)
    return { ...step, state: 'failed', because: task.error.slice(0, limits.reasonLengthMax), endedAtMs: around.nowMs }
  const taskId = `${run.id}.${index}.${run.retries}` as TaskId
  create.push({ taskId, task: task.value })
  return { ...step, state: 'running', taskId, startedAtMs: around.nowMs }
}

function stopSteps(draft: Draft): void {
  const { run, steps, version, around, stop } = draft
  const created = new Set(draft.create.map(({ taskId }) => taskId))
  for (const [index, step] of steps.entries()) {
    if (step.state === 'waiting')
      steps[index] = { ...step, state: 'cancelled', because: 'The run ended before it began.', endedAtMs: around.nowMs }
    if (step.state !== 'running' || step.taskId === null || created.has(step.taskId)) continue
    if (around.taskOf(step.taskId)?.stop?.becomes !== 'cancelled') stop.push(step.taskId)
  }
  if (running(steps) > 0) return
  if (run.ending?.undoes && nextToUndo(steps, version) !== null) {
    draft.run = { ...run, state: 'compensating' }
    draft.events.push(runEvent(run, 'compensating', 'warning', `undoes what it did. ${run.ending.because}`))
  } else finish(draft)
}

/** One after the other, the newest first. One that fails is noted, and the rest is undone all the same. */
function undoSteps(draft: Draft): void {
  const { run, steps, version, around, create } = draft
  for (;;) {
    if (steps.some(({ undo }) => undo?.state === 'running')) return
    const index = nextToUndo(steps, version)
    if (index === null) {
      finish(draft)
      return
    }
    if (around.isQueueFull) return
    const step = steps[index]
    const work = stepSpec(version, index).compensate
    assert(step && work, 'only a step with a compensation is undone')
    const taskId = `${run.id}.${index}.u${run.retries}` as TaskId
    const task = stepTask(work, { name: `${run.workflowId}.${step.name}.undo`, scope: scope(draft) })
    if (task.ok) {
      create.push({ taskId, task: task.value })
      steps[index] = { ...step, undo: { state: 'running', taskId, endedAtMs: null, because: '' } }
    } else {
      const because = task.error.slice(0, limits.reasonLengthMax)
      steps[index] = { ...step, undo: { state: 'failed', taskId, endedAtMs: around.nowMs, because } }
    }
  }
}

function nextToUndo(steps: readonly RunStep[], version: WorkflowVersion): number | null {
  let last: number | null = null
  for (const [index, step] of steps.entries()) {
    if (step.place === null || step.undo !== null || !stepSpec(version, index).compensate) continue
    if (last === null || step.place > (steps[last]?.place ?? -1)) last = index
  }
  return last
}

function finish(draft: Draft): void {
  const { ending } = draft.run
  assert(ending, 'a run that stops knows what it becomes')
  const left = draft.steps.filter(({ undo }) => undo?.state === 'failed').map(({ name }) => name)
  const because = left.length > 0 ? `${ending.because} Not undone: ${left.join(', ')}.` : ending.because
  endRun(draft, ending.becomes, because)
}

function endRun(draft: Draft, state: 'succeeded' | 'failed' | 'cancelled', because: string): void {
  const { run, around, steps } = draft
  const ending = run.ending ? { ...run.ending, because: because.slice(0, limits.reasonLengthMax) } : null
  draft.run = { ...run, state, ending, endedAtMs: around.nowMs }
  const done = steps.filter((step) => step.state === 'succeeded').length
  draft.events.push(
    runEvent(
      run,
      state,
      state === 'failed' ? 'error' : 'info',
      `${state}: ${done} of ${steps.length} steps succeeded. ${because}`,
    ),
  )
}

/** An event about one run. */
export function runEvent(
  { id, workflowId }: Pick<WorkflowRun, 'id' | 'workflowId'>,
  what: string,
  severity: ClusterEvent['severity'],
  text: string,
): ClusterEvent {
  return {
    type: `workflow.${what}`,
    subject: { kind: 'workflow-run', id },
    severity,
    text: `Workflow ${workflowId} (run ${id}) ${text}`.trim().slice(0, limits.reasonLengthMax),
  }
}

function stepSpec(version: WorkflowVersion, index: number): WorkflowStep {
  const spec = version.steps[index]
  assert(spec, `version ${version.id} has no step ${index}`)
  return spec
}

function running(steps: readonly RunStep[]): number {
  return steps.filter(({ state }) => state === 'running').length
}

function scope({ run, steps }: Draft): Record<string, unknown> {
  return scopeOf({ input: run.input, steps })
}
