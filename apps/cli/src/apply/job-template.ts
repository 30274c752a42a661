import { type JobTemplateSpecInput, jobTemplateSpecSchema } from '@quarterdeck/domain'
import { UsageError } from '../failure.ts'
import { describeTemplatePlan } from '../show/describe-template.ts'
import type { Applier } from './applier.ts'

export const jobTemplateApplier: Applier = {
  kind: 'job-template',

  async plan(cluster, { body, where }) {
    const parsed = jobTemplateSpecSchema.safeParse(body)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw new UsageError(
        `${where}: ${issue?.path.join('.') || 'job-template'}: ${issue?.message ?? 'cannot be understood'}`,
      )
    }
    const spec: JobTemplateSpecInput = parsed.data
    const plan = await cluster.jobTemplates.plan({ spec })
    return {
      changesSomething: plan.act !== 'unchanged',
      plan,
      text: describeTemplatePlan(plan),
      async carryOut() {
        const { plan: done } = await cluster.jobTemplates.save({ spec, basis: plan.basis })
        return done.act === 'unchanged'
          ? `Job template ${done.name} is as the file says`
          : `Job template ${done.name} is ${done.act}d: version ${done.version}`
      },
    }
  },
}
