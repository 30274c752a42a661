import type { ActPlan } from './act-plan.ts'
import type { PlanId } from './ids.ts'
import type { LossPlan, LossSince } from './loss-plan.ts'
import type { DrainPlan } from './operation.ts'
import type { ServiceActPlan } from './service-plan.ts'

/**
 * A plan that is kept under an id, whatever it is a plan of. That of a dispatch holds the whole task and is asked for by itself. A loss is
 * not carried out by anybody: with its plan comes what has become of it.
 */
export type KeptPlan =
  | { readonly kind: 'act'; readonly plan: ActPlan }
  | { readonly kind: 'drain'; readonly plan: DrainPlan }
  | { readonly kind: 'service'; readonly plan: ServiceActPlan }
  | { readonly kind: 'loss'; readonly plan: LossPlan; readonly since: LossSince }
  | { readonly kind: 'dispatch'; readonly plan: { readonly id: PlanId } }
