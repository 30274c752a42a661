import type { JobParameter, JobTemplateVersion } from './job-template.ts'
import type { JobValues } from './job-values.ts'
import { limits } from './limits.ts'
import { fail, type Outcome, ok } from './outcome.ts'
import { fillPlaceholders, placeholdersOf, shellPlaceholder } from './placeholders.ts'
import type { TaskSubmit } from './task-spec.ts'

type Value = string | number | boolean
export type ValueFault = { readonly field: string; readonly message: string }

/** Values with their types, defaults filled in; or what is wrong with the first that is not accepted. */
export function readJobValues(
  parameters: readonly JobParameter[],
  given: JobValues,
): Outcome<Readonly<Record<string, Value>>, ValueFault> {
  const unknown = Object.keys(given).find((name) => !parameters.some((each) => each.name === name))
  if (unknown !== undefined) {
    const accepted = parameters.map(({ name }) => name).join(', ') || 'none'
    return fail({ field: unknown, message: `There is no parameter ${unknown}; accepted: ${accepted}.` })
  }
  const values: Record<string, Value> = {}
  for (const parameter of parameters) {
    const { name } = parameter
    const raw = Object.hasOwn(given, name) ? given[name] : undefined
    const value = raw === undefined ? parameter.default : readValue(parameter, raw)
    if (value === null) {
      const message =
        raw === undefined
          ? `${name} must be given: ${accepts(parameter)}.`
          : `${name} ${shown(raw)} is not accepted: it must be ${accepts(parameter)}.`
      return fail({ field: name, message })
    }
    values[name] = value
  }
  return ok(values)
}

/** What a parameter takes, as the end of a sentence. */
export function accepts(parameter: JobParameter): string {
  switch (parameter.type) {
    case 'text': {
      const { lengthMin, lengthMax } = parameter
      return lengthMin > 0
        ? `text of ${lengthMin} to ${lengthMax} characters`
        : `text of at most ${lengthMax} characters`
    }
    case 'number': {
      const { min, max, whole } = parameter
      const kind = whole ? 'a whole number' : 'a number'
      if (min !== null && max !== null) return `${kind} from ${min} to ${max}`
      if (min !== null) return `${kind} of at least ${min}`
      return max === null ? kind : `${kind} of at most ${max}`
    }
    case 'choice':
      return `one of ${parameter.choices.join(', ')}`
    case 'boolean':
      return 'true or false'
  }
}

/**
 * The task of a dispatch: the template's, with each `{{parameter}}` filled in. A filled argument stays one argument, and shell text
 * takes none, so that no value can become syntax. A shell script gets its values as variables that the template sets.
 */
export function taskOfTemplate(
  templateName: string,
  { task }: Pick<JobTemplateVersion, 'task'>,
  values: Readonly<Record<string, Value>>,
): Omit<TaskSubmit, 'idempotencyKey' | 'startAtMs'> {
  return { ...fillPlaceholders(task, values), name: task.name ?? templateName.slice(0, limits.nameLengthMax) }
}

/** What is wrong with a template taken as a whole; each fault names the field it was found in. */
export function checkJobTemplate({
  parameters,
  task,
}: {
  readonly parameters: readonly JobParameter[]
  readonly task: Pick<TaskSubmit, 'exec' | 'handler'>
}): { readonly path: readonly (string | number)[]; readonly message: string }[] {
  const names = parameters.map(({ name }) => name)
  const inShell = shellPlaceholder(task)
  const used = placeholdersOf(task)
  const unknown = used.find((name) => !names.includes(name))
  return [
    ...parameters.flatMap((parameter, index) => {
      const path = ['parameters', index]
      if (names.indexOf(parameter.name) < index)
        return [{ path: [...path, 'name'], message: `"${parameter.name}" is the name of an earlier parameter, too` }]
      if (parameter.default !== null && readValue(parameter, parameter.default) === null)
        return [{ path: [...path, 'default'], message: `${shown(parameter.default)} is not ${accepts(parameter)}` }]
      return []
    }),
    ...(inShell === null
      ? []
      : [
          {
            path: ['task', 'exec', 'command'],
            message: `{{${inShell}}} in shell text is not safe; set a variable in env to it and write that, in quotes`,
          },
        ]),
    ...(unknown === undefined
      ? []
      : [
          {
            path: ['task'],
            message: `{{${unknown}}} is none of its parameters (${names.join(', ') || 'it has none'})`,
          },
        ]),
    ...names
      .filter((name) => !used.includes(name) && name !== inShell)
      .map((name) => ({
        path: ['parameters', names.indexOf(name)],
        message: `{{${name}}} stands nowhere in the task`,
      })),
  ]
}

/** Null: not accepted. Numbers and booleans may come as text, from a form or a command line. */
function readValue(parameter: JobParameter, raw: Value): Value | null {
  switch (parameter.type) {
    case 'text':
      return typeof raw === 'string' &&
        raw.length >= parameter.lengthMin &&
        raw.length <= parameter.lengthMax &&
        !raw.includes('\0')
        ? raw
        : null
    case 'number': {
      const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw
      if (typeof value !== 'number' || !Number.isFinite(value)) return null
      const { min, max, whole } = parameter
      const isInside = (min === null || value >= min) && (max === null || value <= max)
      return isInside && (!whole || Number.isInteger(value)) ? value : null
    }
    case 'choice':
      return typeof raw === 'string' && parameter.choices.includes(raw) ? raw : null
    case 'boolean':
      if (typeof raw === 'boolean') return raw
      return raw === 'true' ? true : raw === 'false' ? false : null
  }
}

function shown(value: Value): string {
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
