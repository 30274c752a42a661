import { type JobTemplateSpec, jobTemplateSpecSchema, readAmounts } from '@quarterdeck/domain'
import { parseDocument, stringify } from 'yaml'
import type { EditedTemplate } from './open-dialogs.tsx'

export type ReadTemplate =
  | { readonly ok: true; readonly spec: JobTemplateSpec }
  | { readonly ok: false; readonly because: string }

/** A job template file as `qd apply` takes it, from YAML or JSON. */
export function readTemplate(text: string): ReadTemplate {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error) return { ok: false, because: error.message.split('\n')[0] ?? 'This is not YAML.' }
  const value = readAmounts(document.toJS({ maxAliasCount: 100 }))
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, because: 'A job template file holds names and values, such as "name: backup".' }
  const { kind, ...body } = value as Record<string, unknown>
  if (kind !== undefined && kind !== 'job-template')
    return { ok: false, because: `kind: must be job-template, not ${String(kind)}.` }
  const parsed = jobTemplateSpecSchema.safeParse(body)
  if (parsed.success) return { ok: true, spec: parsed.data }
  const [issue] = parsed.error.issues
  return {
    ok: false,
    because: `${issue?.path.join('.') || 'job-template'}: ${issue?.message ?? 'cannot be understood'}`,
  }
}

/** What is asked for now, to be edited. */
export function writeTemplate({ name, definition: { description, parameters, task } }: EditedTemplate): string {
  return stringify({ kind: 'job-template', name, description, parameters, task }, { lineWidth: 120 })
}

export const exampleTemplate = `kind: job-template
name: greet
description: Says hello
parameters:
  - name: who
    type: text
    lengthMin: 1
  - name: times
    type: number
    whole: true
    min: 1
    max: 10
    default: 1
task:
  driver: exec
  exec:
    command: for i in $(seq "$TIMES"); do echo "hello $WHO"; done
    shell: true
    env: { WHO: "{{who}}", TIMES: "{{times}}" }
`
