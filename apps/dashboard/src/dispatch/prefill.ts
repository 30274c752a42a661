import { type DispatchForm, emptyDispatchForm } from './dispatch-form.ts'

/** Fields that a link may fill in. Never what a task gets as data: variables and inputs may hold secrets, and links are passed on. */
const linkable = [
  'driver',
  'name',
  'command',
  'args',
  'isShell',
  'handler',
  'cpu',
  'memory',
  'needs',
  'pool',
  'tolerates',
  'prefers',
  'near',
  'apart',
  'spreadOver',
  'ports',
  'preempts',
  'onNode',
  'strategy',
  'priority',
  'policy',
  'attempts',
  'onFailure',
  'deadline',
  'obeysBreaker',
  'timeLimit',
  'onDrain',
] as const

/** The form as the text of a link: only what differs from an empty one. */
export function prefillOf(form: DispatchForm): string {
  const changed = linkable.filter((field) => form[field] !== emptyDispatchForm[field])
  return JSON.stringify(Object.fromEntries(changed.map((field) => [field, form[field]])))
}

/** Reads such a text; fields that are not known, or not of the right type, are left out. */
export function readPrefill(text: string): Partial<DispatchForm> {
  try {
    const parsed: unknown = JSON.parse(text || '{}')
    if (typeof parsed !== 'object' || parsed === null) return {}
    return Object.fromEntries(
      Object.entries(parsed).filter(
        ([field, value]) =>
          linkable.some((each) => each === field) &&
          typeof value === typeof emptyDispatchForm[field as keyof DispatchForm],
      ),
    )
  } catch {
    return {}
  }
}
