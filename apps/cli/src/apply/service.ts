import { type ServiceSpecInput, serviceSpecSchema } from '@quarterdeck/domain'
import { UsageError } from '../failure.ts'
import { describeServicePlan } from '../show/describe-service.ts'
import type { Applier } from './applier.ts'

export const serviceApplier: Applier = {
  kind: 'service',

  async plan(cluster, { body, where }) {
    const parsed = serviceSpecSchema.safeParse(body)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw new UsageError(
        `${where}: ${issue?.path.join('.') || 'service'}: ${issue?.message ?? 'cannot be understood'}`,
      )
    }
    const spec: ServiceSpecInput = parsed.data
    const plan = await cluster.services.plan({ spec })
    return {
      changesSomething: plan.act !== 'unchanged',
      plan,
      text: describeServicePlan(plan),
      async carryOut() {
        const { plan: done } = await cluster.services.save({ spec, basis: plan.basis })
        return done.act === 'unchanged'
          ? `Service ${done.name} is as the file says`
          : `Service ${done.name} is ${done.act}d`
      },
    }
  },
}
