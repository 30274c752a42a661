import { actPlanDifference } from '@quarterdeck/controllers'
import {
  type ActPlan,
  type NodeId,
  nodeCan,
  type Operation,
  type OperationId,
  type Outcome,
  ok,
  type PlanId,
} from '@quarterdeck/domain'
import type { Caller, ControlService } from '../contract.ts'
import type { Core } from '../core.ts'
import { effectOf } from '../plans/act-plans.ts'
import { outdated, pastItsTime, readPlan } from '../plans/kept-plans.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { draftOperation, storeOperation } from './bulk-act.ts'
import { demoteAct, handOver, promoteAct } from './change-role.ts'
import { cordonAct } from './cordon.ts'
import { removeNode } from './remove-node.ts'

type Deps = { readonly view: ClusterView; readonly control: Pick<ControlService, 'transfer'> }

/** Does what was previewed, when it still would do what it said. What came of it is written beside the plan by the leader. */
export async function confirmAct(
  core: Core,
  { view, control }: Deps,
  { planId, reason }: { readonly planId: PlanId; readonly reason: string },
  caller: Caller,
): Promise<Outcome<{ readonly operationId: OperationId }>> {
  const kept = await readPlan(core, 'act-plan', planId)
  if (!kept.ok) return kept
  const plan = kept.value
  const tooLate = pastItsTime(core, plan)
  if (tooLate) return tooLate
  const now = effectOf(core, view, { act: plan.act, ids: plan.nodeIds }, caller.me.role)
  if (!now.ok) return now
  const difference = actPlanDifference(plan, now.value, (id) => core.cache.get('node', id)?.value)
  if (difference) return outdated(`The cluster is not as plan ${planId} saw it. ${difference}`)

  const drafted = draftOperation(core, nodeCan[plan.act], plan.act, { ids: plan.nodeIds, reason }, caller)
  if (!drafted.ok) return drafted
  const operation: Operation = { ...drafted.value, act: { plan, actual: null } }
  const done = await begin(core, control, operation, plan, caller)
  return done.ok ? ok({ operationId: operation.id }) : done
}

async function begin(
  core: Core,
  control: Deps['control'],
  operation: Operation,
  { act, nodeIds, handover }: ActPlan,
  caller: Caller,
): Promise<Outcome<null>> {
  const { reason } = operation
  const [first] = nodeIds as [NodeId, ...NodeId[]]
  switch (act) {
    case 'cordon':
      return await storeOperation(
        core,
        { act: cordonAct(core, reason, caller), operation, whenStored: 'running' },
        caller,
      )
    case 'promote':
      return await storeOperation(core, { act: promoteAct(reason, caller), operation, whenStored: 'running' }, caller)
    case 'demote': {
      const handed = await handOver(core, control, first, caller, handover?.to ?? undefined)
      if (!handed.ok) return handed
      return await storeOperation(core, { act: demoteAct(reason, caller), operation, whenStored: 'running' }, caller)
    }
    case 'remove': {
      const progress = operation.progress.map((entry) => ({ ...entry, state: 'running' as const }))
      return await removeNode(core, { id: first, reason }, caller, { ...operation, progress })
    }
    default:
      return act satisfies never
  }
}
