'use client'

import type { DrainPlan, OperationId } from '@quarterdeck/domain'
import { api } from '../api/client.ts'
import { PlanSummary } from '../drain/plan-summary.tsx'
import { plural } from '../format/amount.ts'
import { ActDialog } from '../ui/act-dialog.tsx'

type Props = {
  readonly plan: DrainPlan
  readonly onApplied: (operationId: OperationId) => void
  readonly close: () => void
}

/** Carries out the plan as it was shared. When the cluster is another one by now, the server says what differs and does nothing. */
export function ApplyPlanDialog({ plan, onApplied, close }: Props) {
  const name = plan.nodeIds.length === 1 ? String(plan.nodeIds[0]) : plural(plan.nodeIds.length, 'node')
  const stopped = plan.counts.move + plan.counts.end + plan.counts.nowhere
  const isForce = plan.options.mode === 'now' || plan.options.afterDeadline === 'force'
  return (
    <ActDialog
      title={`Drain ${name} as planned?`}
      verb={`Drain ${name}`}
      failure={`${name} was not drained.`}
      close={close}
      intentKeys={plan.nodeIds.map((id) => `node:${id}`)}
      {...(isForce
        ? {
            typeToConfirm: {
              text: String(stopped),
              label: `Type the number of tasks that will be stopped: ${stopped}`,
            },
          }
        : {})}
      run={async (reason) => {
        const { operationId } = await api.nodes.drain.mutate({
          ids: plan.nodeIds,
          options: plan.options,
          reason,
          planId: plan.id,
        })
        onApplied(operationId)
        return `Draining ${name}.`
      }}
    >
      <PlanSummary plan={plan} />
    </ActDialog>
  )
}
