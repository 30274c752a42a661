import {
  clusterError,
  compareText,
  fail,
  limits,
  type Outcome,
  ok,
  type Refusal,
  type Role,
  type Rollout,
  type Service,
  type ServiceId,
  type ServiceSpec,
  type Stored,
  serviceCan,
  specOf,
} from '@quarterdeck/domain'
import { actorOf, metaOf } from '../actor.ts'
import { settledSpec } from '../autoscale/settled-spec.ts'
import { tellMetric } from '../autoscale/tell-metric.ts'
import { put, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Caller, ServicesService } from '../contract.ts'
import type { Core } from '../core.ts'
import { taskRow } from '../live/rows.ts'
import { asOf } from '../nodes/read-nodes.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { carryOutServicePlan, previewServiceAct } from '../service-plans/service-plans.ts'
import { applied } from './apply-spec.ts'
import { basisOf, planService } from './plan-service.ts'
import { refuseSpec } from './refuse-spec.ts'
import { rolledBack } from './rolled-back.ts'
import { scaled } from './scaled.ts'
import { serviceEvent } from './service-events.ts'
import { serviceNotFound } from './service-not-found.ts'
import { serviceRow } from './service-row.ts'

type Act = {
  /** As in the audit log: `services.scale`. */
  readonly action: `services.${string}`
  readonly refuse: (service: Service, role: Role) => Refusal
  /** The next value, or why not. */
  readonly change: (service: Service, by: string) => Outcome<Service>
  /** What was done, in one clause that begins with the service. */
  readonly text: (after: Service) => string
}

/** What operators ask of services. The leader's loop carries it out. */
export function createServicesService(core: Core, { view }: { readonly view: ClusterView }): ServicesService {
  const nowMs = () => core.platform.clock.unixMs()

  async function act(id: ServiceId, what: Act, reason: string, caller: Caller): Promise<Outcome<null>> {
    const done = await commitDraft(core, () => {
      const stored = core.cache.get('service', id)
      if (!stored) return fail(serviceNotFound(id))
      const refusal = what.refuse(stored.value, caller.me.role)
      if (refusal) return fail(clusterError('wrong_state', refusal))
      const next = what.change(stored.value, actorOf(caller))
      if (!next.ok) return next
      const text = `${what.text(next.value)} by ${caller.me.id}${reason ? `: ${reason}` : ''}`
      return ok({
        value: null,
        changes: [replace(stored, { ...next.value, changedAtMs: nowMs(), changedBy: actorOf(caller) })],
        meta: metaOf(core, caller, { action: what.action, target: `service:${id}`, reason }, [
          serviceEvent(id, 'service.changed', 'notice', text),
        ]),
      })
    })
    return done.ok ? ok(null) : done
  }

  return {
    list() {
      const rows = [...core.cache.all('service').values()].map((stored) => serviceRow(core, stored))
      return asOf(
        core,
        rows.sort((a, b) => (a.id < b.id ? -1 : 1)),
      )
    },

    get(id) {
      const stored = core.cache.get('service', id)
      if (!stored) return fail(serviceNotFound(id))
      return ok(asOf(core, detailOf(core, stored)))
    },

    plan(asked) {
      const before = core.cache.get('service', asked.name)?.value
      const spec = settledSpec(asked, before)
      const refusal = refuseSpec(core, spec)
      return refusal ? fail(refusal) : ok(planService(core, view, spec, before))
    },

    async apply({ spec: asked, basis }, caller) {
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('service', asked.name)
        const spec = settledSpec(asked, stored?.value)
        const refusal = refuseSpec(core, spec)
        if (refusal) return fail(refusal)
        if (basis !== undefined && basis !== basisOf(stored?.value))
          return fail(
            clusterError('plan_outdated', `Service ${spec.name} was changed since this plan was made.`, {
              remedy: 'Look at a new plan, then apply that one.',
            }),
          )
        const plan = planService(core, view, spec, stored?.value)
        if (plan.act === 'unchanged' && stored)
          return ok({ value: plan, changes: [], meta: metaOf(core, caller, auditOf(spec, 'unchanged')) })
        const next = applied(spec, stored?.value, {
          nowMs: nowMs(),
          by: actorOf(caller),
          specVersion: plan.specVersion,
        })
        return ok({
          value: plan,
          changes: [stored ? replace(stored, next) : put('service', next, 0)],
          meta: metaOf(core, caller, auditOf(spec, plan.act), [
            serviceEvent(
              next.id,
              'service.changed',
              'notice',
              `Service ${next.id} was ${plan.act}d by ${caller.me.id}. ${plan.steps[0] ?? ''}`,
            ),
          ]),
        })
      })
      return done.ok ? ok({ plan: done.value.value, revision: done.value.revision }) : done
    },

    scale: ({ id, replicas, reason }, caller) =>
      act(
        id,
        {
          action: 'services.scale',
          refuse: serviceCan.scale,
          change: (service) => ok({ ...scaled(service, replicas), replicas }),
          text: () => `Service ${id} is scaled to ${replicas}`,
        },
        reason,
        caller,
      ),

    setAutoscale: ({ id, autoscale, reason }, caller) =>
      act(
        id,
        {
          action: 'services.autoscale',
          refuse: serviceCan.autoscale,
          change(service) {
            const next = { ...service, autoscale }
            const refusal = refuseSpec(core, settledSpec(specOf(next), next))
            return refusal ? fail(refusal) : ok(next)
          },
          text: () =>
            autoscale
              ? `Service ${id} is autoscaled from ${autoscale.min} to ${autoscale.max} replicas`
              : `Service ${id} is not autoscaled any more`,
        },
        reason,
        caller,
      ),

    preview: (act) => previewServiceAct(core, view, act),
    carryOut: (input, caller) => carryOutServicePlan(core, view, input, caller),

    tellMetric: (input, caller) => tellMetric(core, input, caller),

    rollback: ({ id, version, reason }, caller) =>
      act(
        id,
        {
          action: 'services.rollback',
          refuse: serviceCan.change,
          change: (service) => rolledBack(service, version, nowMs()),
          text: ({ specVersion }) => `Service ${id} goes back to version ${specVersion}`,
        },
        reason,
        caller,
      ),

    pauseUpdate: ({ id, reason }, caller) =>
      act(
        id,
        {
          action: 'services.pauseUpdate',
          refuse: serviceCan.pauseUpdate,
          change: (service) =>
            ok(
              withRollout(service, {
                state: 'paused',
                sinceMs: nowMs(),
                because: reason || `paused by ${caller.me.id}`,
              }),
            ),
          text: () => `The update of ${id} is paused`,
        },
        reason,
        caller,
      ),

    resumeUpdate: ({ id, reason }, caller) =>
      act(
        id,
        {
          action: 'services.resumeUpdate',
          refuse: serviceCan.resumeUpdate,
          change: (service) =>
            ok(withRollout(service, { state: 'running', sinceMs: nowMs(), because: '', promoted: true })),
          text: () => `The update of ${id} goes on`,
        },
        reason,
        caller,
      ),

    remove: ({ id, reason }, caller) =>
      act(
        id,
        {
          action: 'services.remove',
          refuse: serviceCan.remove,
          change: (service) => ok({ ...service, desired: 'removed' }),
          text: () => `Service ${id} is being removed`,
        },
        reason,
        caller,
      ),
  }
}

function auditOf({ name }: ServiceSpec, detail: string) {
  return { action: 'services.apply', target: `service:${name}`, detail }
}

function detailOf(core: Core, stored: Stored<'service'>) {
  const tasks = [...core.tasks.ofService(stored.value.id)].flatMap((id) => core.cache.get('task', id) ?? [])
  const rows = tasks.map(taskRow)
  const slotOf = (row: (typeof rows)[number]) => row.replica?.slot ?? ''
  rows.sort(
    (a, b) =>
      Number(a.endedAtMs !== null) - Number(b.endedAtMs !== null) ||
      compareText(slotOf(a), slotOf(b)) ||
      b.createdAtMs - a.createdAtMs,
  )
  return {
    service: serviceRow(core, stored),
    versions: stored.value.versions,
    rollout: stored.value.rollout,
    autoscaler: core.cache.get('autoscaler', stored.id)?.value ?? null,
    tasks: rows.slice(0, limits.pageSizeMax),
  }
}

function withRollout(service: Service, changes: Partial<Rollout>): Service {
  return service.rollout ? { ...service, rollout: { ...service.rollout, ...changes } } : service
}
