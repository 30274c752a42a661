import { movesDifference, planLoss, whatHappened } from '@quarterdeck/controllers'
import {
  clusterError,
  fail,
  isGone,
  type LossPlan,
  type LossSince,
  limits,
  lossTotal,
  type Move,
  type NodeId,
  type Outcome,
  ok,
  type PlannedLoss,
} from '@quarterdeck/domain'
import { actorOf } from '../actor.ts'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'
import { nodeNotFound } from '../nodes/node-act.ts'
import { keepPlan, newPlanId } from '../plans/kept-plans.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { replacementOf } from '../services/replacement-of.ts'

/** What the loss of these nodes would do now, on the snapshot that the scheduler places by. */
export function computeLoss(core: Core, view: ClusterView, nodeIds: readonly NodeId[]): PlannedLoss {
  const tasks = nodeIds.flatMap((nodeId) =>
    [...core.tasks.onNode(nodeId)].flatMap((id) => {
      const task = core.cache.get('task', id)?.value
      const spec = core.cache.get('task-spec', id)?.value
      return task && spec ? [{ task, spec }] : []
    }),
  )
  const request = { nodeIds, revision: core.cache.revision, tasks }
  return planLoss(view.snapshot, request, { random: core.platform.random, nowMs: core.platform.clock.unixMs() })
}

/** The same for a question about nodes or about a whole zone, kept for half an hour under an id. */
export async function previewLoss(
  core: Core,
  view: ClusterView,
  { ids, zone }: { readonly ids: readonly NodeId[]; readonly zone?: string },
  caller: Caller,
): Promise<Outcome<LossPlan>> {
  const unknown = ids.find((id) => !core.cache.get('node', id))
  if (unknown) return fail(nodeNotFound(unknown))
  const inZone = zone === undefined ? [] : nodesOfZone(core, zone)
  if (zone !== undefined && inZone.length === 0) {
    return fail(clusterError('node_not_found', `There is no node in zone "${zone}".`, { field: 'zone' }))
  }
  view.takeLoads()
  const loss = computeLoss(core, view, [...new Set([...ids, ...inZone])])
  const moves = loss.moves.slice(0, limits.lossMovesKept)
  const plan: LossPlan = { v: 1, id: newPlanId(core), by: actorOf(caller), zone: zone ?? null, ...loss, moves }
  const kept = await keepPlan(core, 'loss-plan', plan)
  return kept.ok ? ok(plan) : kept
}

/** What has become of a kept plan: which of its nodes are gone and where their tasks are now, and what the loss of the others would do. */
export function lossSince(core: Core, view: ClusterView, plan: LossPlan): LossSince {
  const isThere = (id: NodeId) => {
    const health = core.cache.get('node', id)?.value.health
    return health !== undefined && !isGone(health)
  }
  const lost = plan.moves.filter(({ fromNodeId }) => !isThere(fromNodeId))
  const inZone = plan.zone === null ? [] : nodesOfZone(core, plan.zone)
  view.takeLoads()
  const now = computeLoss(core, view, [...new Set([...plan.nodeIds, ...inZone])].filter(isThere))
  return {
    asOfMs: now.computedAtMs,
    goneNodeIds: [...new Set(lost.map(({ fromNodeId }) => fromNodeId))],
    difference: movesDifference(
      plan.moves.filter(({ fromNodeId }) => isThere(fromNodeId)),
      comparable(plan, now.moves),
      (id) => core.cache.get('node', id)?.value,
    ),
    actual: lost.map((move) =>
      whatHappened(move, {
        taskOf: (id) => core.cache.get('task', id)?.value,
        replacementOf: (task) => replacementOf(core, task),
      }),
    ),
  }
}

/** A plan that does not list every task cannot tell which ones are new. */
function comparable(plan: LossPlan, now: readonly Move[]): readonly Move[] {
  if (lossTotal(plan) === plan.moves.length) return now
  const listed = new Set(plan.moves.map(({ taskId }) => taskId))
  return now.filter(({ taskId }) => listed.has(taskId))
}

export function nodesOfZone(core: Core, zone: string): NodeId[] {
  return [...core.cache.all('node').values()].filter(({ value }) => value.zone === zone).map(({ value }) => value.id)
}
