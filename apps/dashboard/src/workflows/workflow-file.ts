import { readAmounts, type WorkflowSpec, type WorkflowVersion, workflowSpecSchema } from '@quarterdeck/domain'
import { parseDocument, stringify } from 'yaml'

export type ReadWorkflow =
  | { readonly ok: true; readonly spec: WorkflowSpec }
  | { readonly ok: false; readonly because: string }

/** A workflow file as `qd apply` takes it, from YAML or JSON. */
export function readWorkflow(text: string): ReadWorkflow {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error) return { ok: false, because: error.message.split('\n')[0] ?? 'This is not YAML.' }
  const value = readAmounts(document.toJS({ maxAliasCount: 100 }))
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, because: 'A workflow file holds names and values, such as "name: release".' }
  const { kind, ...body } = value as Record<string, unknown>
  if (kind !== undefined && kind !== 'workflow')
    return { ok: false, because: `kind: must be workflow, not ${String(kind)}.` }
  const parsed = workflowSpecSchema.safeParse(body)
  if (parsed.success) return { ok: true, spec: parsed.data }
  const [issue] = parsed.error.issues
  return { ok: false, because: `${issue?.path.join('.') || 'workflow'}: ${issue?.message ?? 'cannot be understood'}` }
}

/** What is asked for now, to be edited. */
export function writeWorkflow({ workflowId, description, steps, parallelMax, runTimeoutMs }: WorkflowVersion): string {
  const file = { kind: 'workflow', name: workflowId, description, parallelMax, runTimeoutMs, steps }
  return stringify(file, { lineWidth: 120 })
}

export const exampleWorkflow = `kind: workflow
name: release
steps:
  - name: build
    task:
      driver: exec
      exec: { command: /bin/echo, args: ["3"] }
    compensate:
      task:
        driver: exec
        exec: { command: /bin/echo, args: [taken back] }
  - name: publish
    after: [build]
    when: steps.build.value > 0
    task:
      driver: exec
      exec: { command: /bin/echo, args: ["publishing {{FILES}} files"] }
    inputs: { FILES: steps.build.value }
`
