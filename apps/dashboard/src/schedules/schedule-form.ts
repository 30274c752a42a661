import {
  type ScheduleDraft,
  type ScheduleTiming,
  type ScheduleView,
  scheduleIdSchema,
  scheduleInputSchema,
} from '@quarterdeck/domain'
import { type DispatchForm, emptyDispatchForm } from '../dispatch/dispatch-form.ts'
import { formOf } from '../dispatch/form-of-task.ts'
import { readDispatchForm } from '../dispatch/read-dispatch-form.ts'
import { DURATION_HINT, parseDuration, writeDuration } from '../format/duration.ts'

/** The fields about time, as text. The task's own fields are those of the dispatch form. */
export type ScheduleForm = {
  readonly id: string
  readonly description: string
  readonly kind: ScheduleTiming['kind']
  readonly expression: string
  readonly timeZone: string
  readonly interval: string
  readonly missed: ScheduleView['missed']['policy']
  readonly runsMax: string
  readonly overlap: ScheduleView['overlap']
}
export type ScheduleProblems = Partial<Record<keyof ScheduleForm, string>>

export function emptyScheduleForm(timeZone: string): ScheduleForm {
  return {
    id: '',
    description: '',
    kind: 'cron',
    expression: '0 3 * * *',
    timeZone,
    interval: '15m',
    missed: 'skip',
    runsMax: '10',
    overlap: 'skip',
  }
}

/** The fields that would save a schedule as it is. */
export function scheduleFormOf(view: ScheduleView, timeZone: string): ScheduleForm {
  const { timing } = view
  const empty = emptyScheduleForm(timeZone)
  return {
    ...empty,
    id: view.id,
    description: view.description,
    kind: timing.kind,
    ...(timing.kind === 'cron' ? { expression: timing.expression, timeZone: timing.timeZone } : {}),
    ...(timing.kind === 'rate' ? { interval: writeDuration(timing.everyMs) } : {}),
    ...(timing.kind === 'delay' ? { interval: writeDuration(timing.afterMs) } : {}),
    missed: view.missed.policy,
    runsMax: String(view.missed.runsMax),
    overlap: view.overlap,
  }
}

export function taskFormOf(view: ScheduleView | null): DispatchForm {
  return view ? formOf(view.task) : emptyDispatchForm
}

export function readTiming(form: ScheduleForm): ScheduleTiming | null {
  if (form.kind === 'cron')
    return form.expression.trim() && form.timeZone.trim()
      ? { kind: 'cron', expression: form.expression.trim(), timeZone: form.timeZone.trim() }
      : null
  const ms = parseDuration(form.interval)
  if (ms === null) return null
  return form.kind === 'rate' ? { kind: 'rate', everyMs: ms } : { kind: 'delay', afterMs: ms }
}

/** Reads both forms. Without problems `draft` is what the API accepts, by the API's own schema. */
export function readScheduleForm(
  form: ScheduleForm,
  taskForm: DispatchForm,
  before: ScheduleView | null,
): {
  readonly draft: ScheduleDraft | null
  readonly problems: ScheduleProblems
  readonly taskProblems: ReturnType<typeof readDispatchForm>['problems']
} {
  const problems: Partial<Record<keyof ScheduleForm, string>> = {}
  const timing = readTiming(form)
  if (!timing) {
    if (form.kind === 'cron') problems.expression = 'Write five fields: minute hour day month weekday.'
    else problems.interval = DURATION_HINT
  }
  const id = scheduleIdSchema.safeParse(form.id)
  if (!id.success) problems.id = id.error.issues[0]?.message ?? 'This cannot be a name.'
  const name = taskForm.name || (id.success ? id.data : '')
  const { submit, problems: taskProblems } = readDispatchForm({ ...taskForm, name })
  if (!timing || !submit) return { draft: null, problems, taskProblems }
  const draft: ScheduleDraft = {
    id: form.id,
    description: form.description,
    timing,
    task: before ? keepUnshown(before.task, taskForm, submit) : submit,
    missed: { ...before?.missed, policy: form.missed, runsMax: Number(form.runsMax) },
    overlap: form.overlap,
  }
  const checked = scheduleInputSchema.safeParse(draft)
  if (checked.success) return { draft, problems, taskProblems }
  for (const issue of checked.error.issues) problems[fieldOf(issue.path)] ??= issue.message
  return { draft: null, problems, taskProblems }
}

/** What the form has no field for stays as it was. */
function keepUnshown(
  before: ScheduleView['task'],
  { onNode }: DispatchForm,
  submit: ScheduleDraft['task'],
): ScheduleDraft['task'] {
  const { exec: execBefore, handler: _, ...rest } = before
  const { strategy: __, ...kept } = rest
  return {
    ...kept,
    ...submit,
    ...(submit.exec ? { exec: { ...execBefore, ...submit.exec } } : {}),
    timeouts: { ...before.timeouts, ...submit.timeouts },
    onNodes: onNode === (before.onNodes[0] ?? '') ? before.onNodes : (submit.onNodes ?? []),
  }
}

function fieldOf([first, second]: readonly PropertyKey[]): keyof ScheduleForm {
  if (first === 'timing') return second === 'expression' || second === 'timeZone' ? second : 'interval'
  if (first === 'missed') return second === 'runsMax' ? 'runsMax' : 'missed'
  return first === 'overlap' || first === 'description' ? first : 'id'
}
