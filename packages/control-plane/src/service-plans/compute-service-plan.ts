import { planServiceAct, slotsToChange } from '@quarterdeck/controllers'
import {
  clusterError,
  currentVersion,
  fail,
  type NodeId,
  type Outcome,
  ok,
  type PlanId,
  type Role,
  type Service,
  type ServiceAct,
  type ServiceActPlan,
  serviceCan,
  type Task,
  type UnixMs,
} from '@quarterdeck/domain'
import { plan } from '@quarterdeck/scheduler'
import { settledSpec } from '../autoscale/settled-spec.ts'
import type { Core } from '../core.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { applied } from '../services/apply-spec.ts'
import { newReplica } from '../services/new-replica.ts'
import { basisOf, nextVersion } from '../services/plan-service.ts'
import { refuseSpec } from '../services/refuse-spec.ts'
import { rolledBack } from '../services/rolled-back.ts'
import { scaled } from '../services/scaled.ts'
import { slotsOf, tasksOfService } from '../services/service-input.ts'
import { serviceNotFound } from '../services/service-not-found.ts'

/** The service that an act is about. */
export function serviceIdOf(act: ServiceAct): Service['id'] {
  return act.kind === 'update' ? act.spec.name : act.id
}

/** The service as the act would leave it, or why it may not. A file may be of a service that there is not yet. */
export function afterAct(
  core: Core,
  before: Service | undefined,
  act: ServiceAct,
  { role, by }: { readonly role: Role; readonly by: string },
): Outcome<Service> {
  const nowMs = core.platform.clock.unixMs()
  if (!before)
    return act.kind === 'update' ? brought(core, undefined, act.spec, { nowMs, by }) : fail(serviceNotFound(act.id))
  const refusal = act.kind === 'scale' ? serviceCan.scale(before, role) : serviceCan.change(before, role)
  if (refusal) return fail(clusterError('wrong_state', refusal))
  if (act.kind === 'scale') {
    if (act.replicas === before.replicas)
      return fail(clusterError('wrong_state', `Service ${before.id} already has ${act.replicas} replicas.`))
    return ok({ ...scaled(before, act.replicas), replicas: act.replicas })
  }
  return act.kind === 'rollback'
    ? rolledBack(before, act.version, nowMs)
    : brought(core, before, act.spec, { nowMs, by })
}

/** To what its file says. */
function brought(
  core: Core,
  before: Service | undefined,
  asked: Extract<ServiceAct, { kind: 'update' }>['spec'],
  { nowMs, by }: { readonly nowMs: UnixMs; readonly by: string },
): Outcome<Service> {
  const spec = settledSpec(asked, before)
  const refused = refuseSpec(core, spec)
  if (refused) return fail(refused)
  return ok(applied(spec, before, { nowMs, by, specVersion: before ? nextVersion(before) : 1 }))
}

/** What an act would do now, on the same snapshot that the scheduler places by. */
export function computeServicePlan(
  core: Core,
  view: ClusterView,
  input: {
    readonly planId: PlanId
    readonly act: ServiceAct
    /** Undefined: the act makes it. */
    readonly before: Service | undefined
    readonly after: Service
  },
): ServiceActPlan {
  const { before, after, act } = input
  const tasks = tasksOfService(core, after.id)
  const slots = slotsOf(core, after, tasks).slots
  const change = slotsToChange(after, slots, tasks)
  const places = placesOf(core, view, after, change.fresh, change.replaced)
  const made = planServiceAct({
    planId: input.planId,
    what: act.kind,
    basis: basisOf(before),
    before: before ?? after,
    after,
    wanted: { before: before ? slotsOf(core, before, tasks).slots.length : 0, after: slots.length },
    change,
    tasks,
    placementOf: (slot) => places.get(slot) ?? { nodeId: null, because: 'the view of the cluster is not complete yet' },
    killGraceMs: currentVersion(before ?? after).task.killGraceMs,
    nowMs: core.platform.clock.unixMs(),
  })
  return before ? made : { ...made, fromVersion: 0 }
}

type Place = { readonly nodeId: NodeId | null; readonly because: string }

/**
 * All new replicas at once; what does not fit beside everything else is asked again alone, because by its batch those before it have
 * stopped theirs. Stop-first: the old one is gone by then, so its own room counts when the new one needs no more.
 */
function placesOf(
  core: Core,
  view: ClusterView,
  after: Service,
  fresh: readonly string[],
  replaced: readonly { readonly slot: string; readonly task: Task }[],
): ReadonlyMap<string, Place> {
  view.takeLoads()
  const version = currentVersion(after)
  const pending = [...fresh, ...replaced.map(({ slot }) => slot)].map((slot) => ({
    slot,
    ...newReplica(core, after, version, { slot, notBeforeMs: null, restarts: 0, restartsSinceMs: null }),
  }))
  const context = { random: core.platform.random, nowMs: core.platform.clock.unixMs() }
  const ask = (some: typeof pending) => {
    const made = plan(view.snapshot, some, context)
    return new Map(
      some.flatMap(({ slot, task }): [string, Place][] => {
        const placed = made.placements.find(({ taskId }) => taskId === task.id)
        const decision = placed?.decision ?? made.refusals.find(({ taskId }) => taskId === task.id)?.decision
        return decision ? [[slot, { nodeId: placed?.nodeId ?? null, because: decision.because }]] : []
      }),
    )
  }
  const places = ask(pending)
  const oldOf = new Map(replaced.map(({ slot, task }) => [slot, task]))
  for (const one of pending) {
    if (places.get(one.slot)?.nodeId) continue
    const old = oldOf.get(one.slot)
    const alone = old ? ask([one]).get(one.slot) : undefined
    if (alone?.nodeId) places.set(one.slot, alone)
    else if (old && after.update.order === 'stop-first' && staysWithin(core, old, one.task))
      places.set(one.slot, { nodeId: old.nodeId, because: 'the room that its old replica leaves' })
  }
  return places
}

function staysWithin(core: Core, old: Task, fresh: Task): boolean {
  const node = old.nodeId === null ? undefined : core.cache.get('node', old.nodeId)?.value
  if (node?.health !== 'ready' || node.scheduling !== 'open') return false
  const { cpuMillis, memoryBytes } = fresh.resources
  return cpuMillis <= old.resources.cpuMillis && memoryBytes <= old.resources.memoryBytes && !fresh.resources.gpu
}
