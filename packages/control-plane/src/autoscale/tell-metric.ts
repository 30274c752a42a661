import { newAutoscaler } from '@quarterdeck/controllers'
import { clusterError, fail, limits, type Outcome, ok, type ServiceId } from '@quarterdeck/domain'
import { actorOf } from '../actor.ts'
import { put, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'

/** Keeps a number that autoscaling reads. It is a measure and no change of what is asked for: the audit log would drown in them. */
export async function tellMetric(
  core: Core,
  { id, name, value }: { readonly id: ServiceId; readonly name: string; readonly value: number },
  caller: Caller,
): Promise<Outcome<null>> {
  const done = await commitDraft(core, () => {
    if (!core.cache.get('service', id))
      return fail(clusterError('service_not_found', `There is no service ${id}.`, { remedy: 'See qd service ls.' }))
    const stored = core.cache.get('autoscaler', id)
    const memory = stored?.value ?? newAutoscaler(id)
    const others = memory.told.filter((one) => one.name !== name)
    if (others.length >= limits.autoscaleMetricsTold) {
      return fail(
        clusterError(
          'limit_reached',
          `Service ${id} already has ${limits.autoscaleMetricsTold} metrics, which is the most.`,
        ),
      )
    }
    const atMs = core.platform.clock.unixMs()
    const next = { ...memory, told: [...others, { name, value, atMs, by: actorOf(caller) }] }
    return ok({
      value: null,
      changes: [stored ? replace(stored, next) : put('autoscaler', next, 0)],
      meta: { atMs, actor: actorOf(caller), events: [] },
    })
  })
  return done.ok ? ok(null) : done
}
