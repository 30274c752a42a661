import { type WorkflowSpecInput, workflowSpecSchema } from '@quarterdeck/domain'
import { UsageError } from '../failure.ts'
import { describeWorkflowPlan } from '../show/describe-workflow.ts'
import type { Applier } from './applier.ts'

export const workflowApplier: Applier = {
  kind: 'workflow',

  async plan(cluster, { body, where }) {
    const parsed = workflowSpecSchema.safeParse(body)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw new UsageError(
        `${where}: ${issue?.path.join('.') || 'workflow'}: ${issue?.message ?? 'cannot be understood'}`,
      )
    }
    const spec: WorkflowSpecInput = parsed.data
    const plan = await cluster.workflows.plan({ spec })
    return {
      changesSomething: plan.act !== 'unchanged',
      plan,
      text: describeWorkflowPlan(plan),
      async carryOut() {
        const { plan: done } = await cluster.workflows.save({ spec, basis: plan.basis })
        return done.act === 'unchanged'
          ? `Workflow ${done.name} is as the file says`
          : `Workflow ${done.name} is ${done.act}d: version ${done.version}`
      },
    }
  },
}
