import { type ServiceSpecInput, serviceSpecSchema } from '@quarterdeck/domain'
import { UsageError } from '../failure.ts'
import { describeServicePlan } from '../show/describe-service.ts'
import { describeServiceActPlan } from '../show/describe-service-plan.ts'
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
    if (plan.act === 'unchanged') {
      const carryOut = async () => `Service ${plan.name} is as the file says`
      return { changesSomething: false, plan, text: describeServicePlan(plan), carryOut }
    }
    const act = await cluster.services.preview({ kind: 'update', spec })
    return {
      changesSomething: true,
      plan: { ...plan, planId: act.id, moves: act.moves, warnings: act.warnings },
      text: `${describeServicePlan({ ...plan, placements: [] })}\n${describeServiceActPlan(act)}`,
      async carryOut() {
        const { operationId } = await cluster.services.carryOut({ planId: act.id, reason: 'by qd apply' })
        return `Service ${plan.name} is being ${plan.act}d; follow it with: qd operation show ${operationId} --wait`
      },
    }
  },
}
