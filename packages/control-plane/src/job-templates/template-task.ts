import {
  type ClusterError,
  clusterError,
  fail,
  type JobTemplateId,
  type JobTemplateVersion,
  type Outcome,
  ok,
  readJobValues,
  type TaskSubmit,
  taskOfTemplate,
  taskSubmitSchema,
} from '@quarterdeck/domain'
import type { JobRequest } from '../contract.ts'
import type { Core } from '../core.ts'

/** The task that these values make of a template, or which of them is not accepted. */
export function templateTask(core: Core, { id, version, values }: JobRequest): Outcome<TaskSubmit> {
  const definition = versionOfTemplate(core, id, version)
  if (!definition.ok) return definition
  const read = readJobValues(definition.value.parameters, values)
  if (!read.ok) return fail(clusterError('bad_input', read.error.message, { field: `values.${read.error.field}` }))
  const filled = taskOfTemplate(id, definition.value, read.value)
  // So that every task says which template, in which version, it is of.
  const labels = { ...filled.labels, job: id, 'job-version': String(definition.value.version) }
  const parsed = taskSubmitSchema.safeParse({ ...filled, labels })
  if (parsed.success) return ok(parsed.data)
  const [issue] = parsed.error.issues
  const message = `With these values ${id} is no task: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`
  return fail(clusterError('bad_input', message, { field: 'values' }))
}

/** Without `version`: the newest. */
export function versionOfTemplate(
  core: Core,
  id: JobTemplateId,
  version: number | undefined,
): Outcome<JobTemplateVersion> {
  const stored = core.cache.get('job-template', id)
  if (!stored) return fail(templateNotFound(id))
  const { versions } = stored.value
  const found = version === undefined ? versions[0] : versions.find((each) => each.version === version)
  return found ? ok(found) : fail(versionNotFound(id, version ?? 0))
}

export function templateNotFound(id: string): ClusterError {
  return clusterError('job_template_not_found', `There is no job template ${id}.`, { remedy: 'See qd job ls.' })
}

function versionNotFound(id: string, version: number): ClusterError {
  const message = `Job template ${id} has no version ${version} that is kept.`
  return clusterError('job_template_not_found', message, { field: 'version', remedy: `See qd job show ${id}.` })
}
