import { type DrainOptions, drainOptionsSchema } from '@quarterdeck/domain'
import { parseDuration, writeDuration } from '../format/duration.ts'

/** What the drain dialog asks. Always starts from the defaults: a destructive form remembers nothing. */
export type DrainForm = {
  readonly mode: DrainOptions['mode']
  readonly deadline: string
  readonly afterDeadline: DrainOptions['afterDeadline']
  readonly systemTasks: DrainOptions['systemTasks']
  readonly parallelMax: number
  readonly whenEmpty: DrainOptions['whenEmpty']
}

export const deadlineChoices = ['5m', '15m', '1h', '4h', '12h'] as const

const defaults = drainOptionsSchema.parse({})

export const emptyDrainForm: DrainForm = {
  mode: defaults.mode,
  deadline: writeDuration(defaults.deadlineMs),
  afterDeadline: defaults.afterDeadline,
  systemTasks: defaults.systemTasks,
  parallelMax: defaults.parallelMax,
  whenEmpty: defaults.whenEmpty,
}

/** The options as the API takes them; null while the form cannot be read. */
export function toDrainOptions(form: DrainForm): DrainOptions | null {
  const deadlineMs = form.mode === 'wait' ? parseDuration(form.deadline) : defaults.deadlineMs
  if (deadlineMs === null) return null
  const { mode, afterDeadline, systemTasks, parallelMax, whenEmpty } = form
  const checked = drainOptionsSchema.safeParse({ mode, deadlineMs, afterDeadline, systemTasks, parallelMax, whenEmpty })
  return checked.success ? checked.data : null
}

/** True for what stops running work at once: then the button is red and a number must be typed. */
export function losesWork(form: DrainForm): boolean {
  return form.mode === 'now'
}

/** The same request as a `qd` command. */
export function drainCommand(ids: readonly string[], form: DrainForm, reason: string): string[] {
  return [
    'node',
    'drain',
    ...ids,
    ...(form.mode === 'wait' ? ['--deadline', form.deadline] : form.mode === 'now' ? ['--now'] : ['--no-deadline']),
    ...(form.mode === 'wait' && form.afterDeadline === 'force' ? ['--force'] : []),
    ...(form.systemTasks === 'drain' ? ['--system'] : []),
    '--parallel',
    String(form.parallelMax),
    ...(form.whenEmpty === 'uncordon' ? ['--uncordon'] : []),
    ...(reason ? ['--reason', reason] : []),
  ]
}
