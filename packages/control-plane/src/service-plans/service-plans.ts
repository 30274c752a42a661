import { servicePlanDifference } from '@quarterdeck/controllers'
import {
  type KeptServicePlan,
  type Operation,
  type OperationId,
  type Outcome,
  ok,
  operationIdSchema,
  type PlanId,
  type ServiceAct,
  type ServiceActPlan,
} from '@quarterdeck/domain'
import { actorOf, metaOf } from '../actor.ts'
import { put, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'
import { byWhom } from '../nodes/node-act.ts'
import { keepPlan, newPlanId, outdated, pastItsTime, readPlan } from '../plans/kept-plans.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { serviceEvent } from '../services/service-events.ts'
import { afterAct, computeServicePlan, serviceIdOf } from './compute-service-plan.ts'

/** Computes what the act would do and keeps it for half an hour, so that a confirm can name it. */
export async function previewServiceAct(
  core: Core,
  view: ClusterView,
  act: ServiceAct,
): Promise<Outcome<ServiceActPlan>> {
  const found = planNow(core, view, act, newPlanId(core), { role: 'operator', by: 'preview' })
  if (!found.ok) return found
  const { plan } = found.value
  const kept: KeptServicePlan = { ...plan, act }
  const done = await keepPlan(core, 'service-plan', kept)
  return done.ok ? ok(plan) : done
}

/** Does what was previewed, when it still would do what it said. The reconciler of services does the rest, to the nodes of the plan. */
export async function carryOutServicePlan(
  core: Core,
  view: ClusterView,
  { planId, reason }: { readonly planId: PlanId; readonly reason: string },
  caller: Caller,
): Promise<Outcome<{ readonly operationId: OperationId }>> {
  const kept = await readPlan(core, 'service-plan', planId)
  if (!kept.ok) return kept
  const { act, ...plan } = kept.value
  const tooLate = pastItsTime(core, plan)
  if (tooLate) return tooLate

  const id = operationIdSchema.parse(core.platform.ids.next('op'))
  const by = actorOf(caller)
  const done = await commitDraft(core, () => {
    const now = planNow(core, view, act, planId, { role: caller.me.role, by })
    if (!now.ok) return now
    const difference = servicePlanDifference(plan, now.value.plan, (nodeId) => core.cache.get('node', nodeId)?.value)
    if (difference) return outdated(`The cluster is not as plan ${planId} saw it. ${difference}`)
    const { stored, after } = now.value
    const atMs = core.platform.clock.unixMs()
    const next = { ...after, changedAtMs: atMs, changedBy: by }
    const text = `Service ${after.id}: ${planInWords(plan)}${byWhom(caller, reason)}`
    return ok({
      value: null,
      changes: [
        stored ? replace(stored, next) : put('service', next, 0),
        put('operation', newOperation({ id, plan, by, reason, atMs }), 0),
      ],
      meta: metaOf(
        core,
        caller,
        { action: `services.${act.kind}`, target: `service:${after.id}`, reason, detail: planId },
        [serviceEvent(after.id, 'service.changed', 'notice', text)],
      ),
    })
  })
  return done.ok ? ok({ operationId: id }) : done
}

type Asker = Parameters<typeof afterAct>[3]

function planNow(core: Core, view: ClusterView, act: ServiceAct, planId: PlanId, asker: Asker) {
  const serviceId = serviceIdOf(act)
  const stored = core.cache.get('service', serviceId)
  const after = afterAct(core, stored?.value, act, asker)
  if (!after.ok) return after
  const plan = computeServicePlan(core, view, { planId, act, before: stored?.value, after: after.value })
  return ok({ stored, after: after.value, plan })
}

function newOperation({
  id,
  plan,
  by,
  reason,
  atMs,
}: Pick<Operation, 'id' | 'by' | 'reason'> & {
  readonly plan: ServiceActPlan
  readonly atMs: Operation['startedAtMs']
}): Operation {
  return {
    v: 1,
    id,
    kind: 'service',
    nodeIds: [],
    by,
    reason,
    state: 'running',
    startedAtMs: atMs,
    endedAtMs: null,
    plan: null,
    service: {
      plan,
      actual: plan.moves.map(({ slot }) => ({ slot, fate: 'pending', taskId: null, nodeId: null })),
    },
    actual: [],
    progress: [],
  }
}

function planInWords({ what, fromVersion, toReplicas, toVersion }: ServiceActPlan): string {
  if (fromVersion === 0) return `created with ${toReplicas} ${toReplicas === 1 ? 'replica' : 'replicas'}`
  if (what === 'scale') return `scaled to ${toReplicas}`
  return what === 'rollback' ? `goes back to version ${toVersion}` : `brought to version ${toVersion}`
}
