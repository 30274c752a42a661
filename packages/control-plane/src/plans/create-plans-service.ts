import { fail, ok } from '@quarterdeck/domain'
import type { PlansService } from '../contract.ts'
import type { Core } from '../core.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { lossSince } from '../survival/loss-plans.ts'
import { planNotFound, readPlan } from './kept-plans.ts'

/** Finds a plan by its id alone, whatever it is a plan of. */
export function createPlansService(core: Core, view: ClusterView): PlansService {
  return {
    async get(planId) {
      const act = await readPlan(core, 'act-plan', planId)
      if (act.ok) return ok({ kind: 'act', plan: act.value })
      if (act.error.code !== 'plan_not_found') return act
      const drain = await readPlan(core, 'plan', planId)
      if (drain.ok) return ok({ kind: 'drain', plan: drain.value })
      const service = await readPlan(core, 'service-plan', planId)
      if (service.ok) {
        // What was asked for may hold what no view shows.
        const { act: _, ...plan } = service.value
        return ok({ kind: 'service', plan })
      }
      const loss = await readPlan(core, 'loss-plan', planId)
      if (loss.ok) return ok({ kind: 'loss', plan: loss.value, since: lossSince(core, view, loss.value) })
      const dispatch = await readPlan(core, 'dispatch-plan', planId)
      return dispatch.ok ? ok({ kind: 'dispatch', plan: { id: planId } }) : fail(planNotFound(planId))
    },
  }
}
