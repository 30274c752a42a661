import {
  clusterError,
  fail,
  formatDuration,
  type Kind,
  kinds,
  limits,
  type ObjectOf,
  type Outcome,
  ok,
  type PlanId,
  planIdSchema,
} from '@quarterdeck/domain'
import { ownMeta } from '../actor.ts'
import { put } from '../change.ts'
import { commitDraft, storeError } from '../commit-draft.ts'
import type { Core } from '../core.ts'

/** Plans are kept under an id for `limits.planKeptMs`, each kind of act with a kind of its own. */
export type PlanKind = Extract<Kind, 'plan' | 'service-plan' | 'dispatch-plan' | 'act-plan' | 'loss-plan'>

export function newPlanId(core: Core): PlanId {
  return planIdSchema.parse(core.platform.ids.next('plan'))
}

/** Keeps what was previewed, so that a confirm can name it. */
export async function keepPlan<K extends PlanKind>(core: Core, kind: K, plan: ObjectOf<K>): Promise<Outcome<null>> {
  const done = await commitDraft(core, () => ok({ value: null, changes: [put(kind, plan, 0)], meta: ownMeta(core) }))
  return done.ok ? ok(null) : done
}

/** The plan as it was previewed; `plan_not_found` when there is none of this kind. */
export async function readPlan<K extends PlanKind>(core: Core, kind: K, planId: PlanId): Promise<Outcome<ObjectOf<K>>> {
  let text: string | undefined
  try {
    text = (await core.store.get(kind, planId))?.text
  } catch (error) {
    return fail(storeError(error))
  }
  const parsed = text === undefined ? undefined : kinds[kind].schema.safeParse(JSON.parse(text))
  return parsed?.success ? ok(parsed.data as ObjectOf<K>) : fail(planNotFound(planId))
}

export function planNotFound(planId: PlanId) {
  return clusterError('plan_not_found', `There is no plan ${planId}.`, { remedy: 'Make a new preview.' })
}

/** The refusal of a plan whose time is over; null while it may be confirmed. */
export function pastItsTime(
  core: Core,
  { id, computedAtMs }: { readonly id: PlanId; readonly computedAtMs: number },
): Outcome<never> | null {
  const isOld = core.platform.clock.unixMs() - computedAtMs > limits.planKeptMs
  return isOld ? outdated(`Plan ${id} is older than ${formatDuration(limits.planKeptMs)}.`) : null
}

export function outdated(message: string): Outcome<never> {
  return fail(clusterError('plan_outdated', message, { remedy: 'Look at a new preview, then confirm that one.' }))
}
