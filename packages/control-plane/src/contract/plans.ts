import type { KeptPlan, Outcome, PlanId } from '@quarterdeck/domain'

export type PlansService = {
  /** A plan that was kept, whatever it is a plan of; `plan_not_found` when there is none, or its half hour is over. */
  get(planId: PlanId): Promise<Outcome<KeptPlan>>
}
