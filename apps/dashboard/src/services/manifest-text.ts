import { readAmounts, type ServiceSpec, serviceSpecSchema } from '@quarterdeck/domain'
import { parseDocument, stringify } from 'yaml'

export type ReadManifest =
  | { readonly ok: true; readonly spec: ServiceSpec }
  | { readonly ok: false; readonly because: string }

/** A service file as `qd apply` takes it, from YAML or JSON. */
export function readManifest(text: string): ReadManifest {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error) return { ok: false, because: error.message.split('\n')[0] ?? 'This is not YAML.' }
  const value = readAmounts(document.toJS({ maxAliasCount: 100 }))
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, because: 'A service file holds names and values, such as "name: api".' }
  const { kind, ...body } = value as Record<string, unknown>
  if (kind !== undefined && kind !== 'service')
    return { ok: false, because: `kind: must be service, not ${String(kind)}.` }
  const parsed = serviceSpecSchema.safeParse(body)
  if (parsed.success) return { ok: true, spec: parsed.data }
  const [issue] = parsed.error.issues
  return { ok: false, because: `${issue?.path.join('.') || 'service'}: ${issue?.message ?? 'cannot be understood'}` }
}

/** What is asked for now, to be edited. */
export function writeManifest(spec: ServiceSpec): string {
  return stringify({ kind: 'service', ...spec }, { lineWidth: 120 })
}

export const exampleManifest = `kind: service
name: web
replicas: 2
task:
  driver: exec
  exec:
    command: /usr/bin/sleep
    args: ["86400"]
update:
  maxParallel: 1
  minHealthyMs: 5s
  onFailure: revert
`
