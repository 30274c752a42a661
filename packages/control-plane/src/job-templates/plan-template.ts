import type { JobTemplate, JobTemplatePlan, JobTemplateSpec, JobTemplateVersion } from '@quarterdeck/domain'
import { differences, flat } from '../spec-difference.ts'

/** What applying `spec` would do to the template as it is. */
export function planTemplate(spec: JobTemplateSpec, before: JobTemplate | undefined): JobTemplatePlan {
  const old = before?.versions[0]
  const changes = differences(old ? flat(shapeOf(old)) : new Map(), flat(shapeOf(spec)))
  const version = (old?.version ?? 0) + (old && changes.length === 0 ? 0 : 1)
  const parameters = spec.parameters.length === 1 ? '1 parameter' : `${spec.parameters.length} parameters`
  return {
    name: spec.name,
    act: !old ? 'create' : changes.length === 0 ? 'unchanged' : 'update',
    basis: basisOf(before),
    changes,
    version,
    steps: [
      !old
        ? `Makes job template ${spec.name} with ${parameters}.`
        : changes.length === 0
          ? 'Nothing changes.'
          : `Version ${version} with ${parameters} takes the place of version ${old.version}. Tasks of it are not touched.`,
    ],
  }
}

/** Names what a plan stood on. */
export function basisOf(template: JobTemplate | undefined): string {
  return template ? `${template.versions[0]?.version}@${template.changedAtMs}` : 'new'
}

/** Parameters by name, so that a difference names the parameter and not its place. */
function shapeOf({ description, parameters, task }: Pick<JobTemplateVersion, 'description' | 'parameters' | 'task'>) {
  const order = parameters.map(({ name }) => name)
  return { description, task, order, parameters: Object.fromEntries(parameters.map((each) => [each.name, each])) }
}
