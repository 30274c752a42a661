import type { JobTemplateId } from './ids.ts'
import { fail, type Outcome, ok } from './outcome.ts'

/** A job template with values for its parameters. */
export type JobCall = {
  readonly id: JobTemplateId
  readonly values: Readonly<Record<string, string | number | boolean>>
}

/** As it comes from a form or a file: the id not yet told from any text, the values left out when there are none. */
type WrittenCall = { readonly id: string; readonly values?: JobCall['values'] | undefined }

const shape = 'write a job and its parameters, as in: backup level=3 target="/var/my data"'
const word = /([A-Za-z_][A-Za-z0-9_]*)=(?:"([^"]*)"|([^\s"]*))(?:\s+|$)/y

/** Reads `backup level=3 target="/var/my data"`. Which values the parameters take, the template says when it is asked. */
export function readJobCall(text: string): Outcome<JobCall, string> {
  const [, id = '', rest = ''] = /^\s*(\S+)\s*([\s\S]*)$/.exec(text) ?? []
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(id)) return fail(`"${text}" cannot be read; ${shape}.`)
  const values: Record<string, string> = {}
  word.lastIndex = 0
  while (word.lastIndex < rest.length) {
    const at = word.lastIndex
    const found = word.exec(rest)
    if (!found) return fail(`"${rest.slice(at)}" cannot be read; ${shape}.`)
    values[found[1] ?? ''] = found[2] ?? found[3] ?? ''
  }
  return ok({ id: id as JobTemplateId, values })
}

export function writeJobCall({ id, values = {} }: WrittenCall): string {
  const words = Object.entries(values).map(([name, value]) => {
    const text = String(value)
    return `${name}=${text === '' || /[\s"]/.test(text) ? `"${text}"` : text}`
  })
  return [id, ...words].join(' ')
}
