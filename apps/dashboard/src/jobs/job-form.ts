import type { JobParameter } from '@quarterdeck/domain'

/** What a person has typed, by parameter. Booleans are 'true' and 'false'; an empty text stands for nothing given. */
export type JobForm = Readonly<Record<string, string>>

/** The form as it opens: defaults filled in. */
export function jobFormOf(parameters: readonly JobParameter[]): JobForm {
  return Object.fromEntries(
    parameters.map((parameter) => [
      parameter.name,
      parameter.default === null ? (parameter.type === 'boolean' ? 'false' : '') : String(parameter.default),
    ]),
  )
}

/** What is sent: nothing for a field that is empty, so that its default, or its absence, counts. */
export function valuesOf(parameters: readonly JobParameter[], form: JobForm): Record<string, string> {
  return Object.fromEntries(
    parameters.flatMap(({ name, type }): [string, string][] => {
      const text = form[name] ?? ''
      const given = type === 'text' ? text : text.trim()
      return given === '' ? [] : [[name, given]]
    }),
  )
}

/** The same dispatch as a command. */
export function jobCommand(id: string, values: Readonly<Record<string, string>>): string[] {
  return ['job', 'run', id, ...Object.entries(values).flatMap(([name, value]) => ['-p', `${name}=${value}`])]
}
