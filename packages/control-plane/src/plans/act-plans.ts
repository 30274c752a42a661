import { type NodeRoom, type PlannedEffect, planAct, roomOf } from '@quarterdeck/controllers'
import {
  type ActPlan,
  clusterError,
  fail,
  type NodeId,
  nodeCan,
  type Outcome,
  ok,
  type PlannedAct,
  type Role,
} from '@quarterdeck/domain'
import { actorOf } from '../actor.ts'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'
import { nodeNotFound } from '../nodes/node-act.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { computeLoss } from '../survival/loss-plans.ts'
import { keepPlan, newPlanId } from './kept-plans.ts'

type Question = { readonly act: PlannedAct; readonly ids: readonly NodeId[] }

/** What an act on these nodes would do now, kept for half an hour, so that a confirm can name it. Refused when no node allows the act. */
export async function previewAct(
  core: Core,
  view: ClusterView,
  question: Question,
  caller: Caller,
): Promise<Outcome<ActPlan>> {
  const found = effectOf(core, view, question, caller.me.role)
  if (!found.ok) return found
  const plan: ActPlan = { v: 1, id: newPlanId(core), by: actorOf(caller), ...found.value }
  const kept = await keepPlan(core, 'act-plan', plan)
  return kept.ok ? ok(plan) : kept
}

/** The same without keeping it. */
export function effectOf(core: Core, view: ClusterView, { act, ids }: Question, role: Role): Outcome<PlannedEffect> {
  const nodeIds = [...new Set(ids)]
  if (act !== 'cordon' && nodeIds.length > 1)
    return fail(clusterError('bad_input', `${act} is for one node at a time, not ${nodeIds.length}.`, { field: 'ids' }))
  const refusals: string[] = []
  for (const id of nodeIds) {
    const node = core.cache.get('node', id)?.value
    if (!node) return fail(nodeNotFound(id))
    const refusal = nodeCan[act](node, role)
    if (refusal) refusals.push(refusal)
  }
  if (refusals[0] !== undefined && refusals.length === nodeIds.length)
    return fail(clusterError('wrong_state', refusals[0]))

  view.takeLoads()
  const rooms = nodeRooms(core)
  const leader = core.leadership.leader()?.controllerId
  const effect = planAct({
    act,
    nodeIds,
    room: { before: roomOf(rooms), after: roomOf(rooms, new Set(nodeIds)) },
    loss: computeLoss(core, view, nodeIds),
    controllers: liveControllers(core).map((each) => ({ ...each, leads: each.id === leader })),
    nowMs: core.platform.clock.unixMs(),
  })
  return ok({ ...effect, ...estimateOf(core, act) })
}

/** The live ones, in the order in which they would take leadership over. */
export function liveControllers(core: Core) {
  return [...core.cache.all('controller').values()]
    .filter(({ value }) => value.state === 'live')
    .map(({ value: { id, nodeId } }) => ({ id, nodeId }))
    .sort((left, right) => (left.id < right.id ? -1 : 1))
}

export function nodeRooms(core: Core): NodeRoom[] {
  return [...core.cache.all('node').values()].map(({ value: node }) => {
    let { cpuMillis, memoryBytes, taskSlots } = node.capacity
    for (const id of core.tasks.onNode(node.id)) {
      const resources = core.cache.get('task', id)?.value.resources
      cpuMillis -= resources?.cpuMillis ?? 0
      memoryBytes -= resources?.memoryBytes ?? 0
      taskSlots -= 1
    }
    return { node, cpuMillisFree: cpuMillis, memoryBytesFree: memoryBytes, taskSlotsFree: taskSlots }
  })
}

/** How long earlier acts of this kind took; a cordon is done when it is stored. */
function estimateOf(core: Core, act: PlannedAct): Pick<ActPlan, 'estimateMs'> {
  if (act === 'cordon') return {}
  const took = [...core.cache.all('operation').values()]
    .flatMap(({ value: { kind, state, startedAtMs, endedAtMs } }) =>
      kind === act && state === 'done' && endedAtMs !== null ? [endedAtMs - startedAtMs] : [],
    )
    .sort((left, right) => left - right)
  const low = took[Math.floor((took.length - 1) / 2)]
  return low === undefined ? {} : { estimateMs: { low, high: took.at(-1) ?? low } }
}
