import { movesDifference } from '@quarterdeck/controllers'
import {
  type DrainOptions,
  type DrainPlan,
  fail,
  type NodeId,
  nodeCan,
  type Operation,
  type OperationId,
  type Outcome,
  ok,
  type PlanId,
} from '@quarterdeck/domain'
import type { Caller, NodesService } from '../contract.ts'
import type { Core } from '../core.ts'
import { draftOperation, storeOperation } from '../nodes/bulk-act.ts'
import { byWhom, type NodeAct, nodeNotFound, remarkBy } from '../nodes/node-act.ts'
import { keepPlan, newPlanId, outdated, pastItsTime, readPlan } from '../plans/kept-plans.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { computeDrainPlan } from './compute-plan.ts'

type DrainInput = Parameters<NodesService['drain']>[0]

/** Computes a plan and keeps it for half an hour, so that confirming it can name it. */
export async function previewDrain(
  core: Core,
  view: ClusterView,
  input: { readonly ids: readonly NodeId[]; readonly options: DrainOptions },
): Promise<Outcome<DrainPlan>> {
  const ids = [...new Set(input.ids)]
  const unknown = ids.find((id) => !core.cache.get('node', id))
  if (unknown) return fail(nodeNotFound(unknown))
  const plan = computeDrainPlan(core, view, { planId: newPlanId(core), ids, options: input.options })
  const done = await keepPlan(core, 'plan', plan)
  return done.ok ? ok(plan) : done
}

/**
 * Starts a drain: the nodes take no new work from this commit on, and the leader's drain loop does the rest. Carries out the confirmed
 * plan when there is one and it still says what would happen.
 */
export async function startDrain(
  core: Core,
  view: ClusterView,
  input: DrainInput,
  caller: Caller,
): Promise<Outcome<{ readonly operationId: OperationId }>> {
  const drafted = draftOperation(core, nodeCan.drain, 'drain', input, caller)
  if (!drafted.ok) return drafted

  const ids = drafted.value.nodeIds
  const now = computeDrainPlan(core, view, { planId: newPlanId(core), ids, options: input.options })
  const request = { ids, options: input.options, now }
  const plan = input.planId === undefined ? ok(now) : await confirmedPlan(core, input.planId, request)
  if (!plan.ok) return plan

  const operation: Operation = { ...drafted.value, plan: plan.value }
  const act = drainAct(core, input, caller, operation.id)
  const done = await storeOperation(core, { act, operation, whenStored: 'running' }, caller)
  return done.ok ? ok({ operationId: operation.id }) : done
}

function drainAct(core: Core, { options, reason }: DrainInput, caller: Caller, operationId: OperationId): NodeAct {
  return {
    action: 'nodes.drain',
    refuse: nodeCan.drain,
    change(node) {
      const nowMs = core.platform.clock.unixMs()
      return {
        ...node,
        scheduling: 'draining',
        schedulingSinceMs: nowMs,
        remark: remarkBy(core, caller, reason),
        drain: { ...options, operationId, startedAtMs: nowMs },
      }
    },
    event: (node) => ({
      type: 'node.draining',
      severity: 'notice',
      text: `${node.id} is being drained${byWhom(caller, reason)}`,
    }),
  }
}

/** The stored plan, if it is for this request and the world still is as it says. */
async function confirmedPlan(
  core: Core,
  planId: PlanId,
  request: { readonly ids: readonly NodeId[]; readonly options: DrainOptions; readonly now: DrainPlan },
): Promise<Outcome<DrainPlan>> {
  const kept = await readPlan(core, 'plan', planId)
  if (!kept.ok) return kept
  const plan = kept.value
  const isSameRequest =
    JSON.stringify([...plan.nodeIds].sort()) === JSON.stringify([...request.ids].sort()) &&
    Object.entries(request.options).every(([name, value]) => plan.options[name as keyof DrainOptions] === value)
  if (!isSameRequest) return outdated(`Plan ${planId} was made for other nodes or options.`)
  const tooLate = pastItsTime(core, plan)
  if (tooLate) return tooLate
  const difference = movesDifference(plan.moves, request.now.moves, (id) => core.cache.get('node', id)?.value)
  return difference ? outdated(`The cluster is not as plan ${planId} saw it. ${difference}`) : ok(plan)
}
