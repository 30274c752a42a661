import { accepts, type JobTemplateDetail, type JobTemplatePlan } from '@quarterdeck/domain'
import { ago, moment } from './moments.ts'
import { facts, table } from './table.ts'

/** One job template with its parameters and versions. */
export function describeTemplate({ template, definition, versions }: JobTemplateDetail): string {
  const about = facts([
    ['job', template.id],
    ['about', definition.description],
    ['version', definition.version],
    ['runs', template.runsWhat],
    ['changed', `${moment(template.changedAtMs)} by ${template.changedBy}`],
  ])
  const parameters = table(
    definition.parameters,
    [
      { title: 'parameter', of: ({ name }) => name },
      { title: 'takes', of: (parameter) => accepts(parameter) },
      {
        title: 'default',
        of: (parameter) => (parameter.default === null ? 'must be given' : JSON.stringify(parameter.default)),
      },
      { title: 'about', of: ({ description }) => description },
    ],
    'It takes no parameters.',
  )
  const kept = table(
    versions,
    [
      { title: 'version', of: ({ version }) => version },
      { title: 'made', of: ({ atMs, by }) => `${ago(atMs)} ago by ${by}` },
    ],
    'None.',
  )
  return [about, '', parameters, '', kept].join('\n')
}

/** What a file would change, line by line, and what follows from it. */
export function describeTemplatePlan(plan: JobTemplatePlan): string {
  const changes = plan.changes.flatMap(({ path, before, after }) => [
    ...(before === null ? [] : [`  - ${path}: ${before}`]),
    ...(after === null ? [] : [`  + ${path}: ${after}`]),
  ])
  return [`Job template ${plan.name}: ${plan.act}`, ...changes, ...plan.steps].join('\n')
}
