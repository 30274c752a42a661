import type { DrainOptions, DrainPlan, Move, NodeId, PlanId, ServiceId, UnixMs } from '@quarterdeck/domain'
import type { Random } from '@quarterdeck/platform'
import { type ClusterSnapshot, type Pending, plan } from '@quarterdeck/scheduler'
import { busiestReceiver } from './busiest-receiver.ts'
import { drainMove } from './drain-move.ts'
import { drainWarnings } from './drain-warnings.ts'
import { estimateDrain } from './estimate-drain.ts'
import { type ServiceStanding, serviceDips } from './service-dips.ts'
import { type StopMoment, stopMoment } from './stop-moment.ts'

export type DrainRequest = {
  readonly planId: PlanId
  /** Store revision that the snapshot stands on. */
  readonly revision: number
  readonly nodeIds: readonly NodeId[]
  readonly options: DrainOptions
  /** Every task that holds one of these nodes, with its spec. */
  readonly tasks: readonly Pending[]
  /** Run times of finished tasks of a name, milliseconds; empty when there is no history. */
  readonly runTimesMs: (name: string) => readonly number[]
  /** How the services of these tasks stand now. */
  readonly standingOf?: (id: ServiceId) => ServiceStanding | undefined
}

/** A task of a drained node, with the moment at which the drain stops it. */
export type Affected = Pending & { readonly fromNodeId: NodeId; readonly moment: StopMoment }

/**
 * What a drain of these nodes would do with each of their tasks, by the same `plan()` that will place them when it is carried out, with
 * the drained nodes closed. Reads the snapshot and changes nothing.
 */
export function planDrain(
  snapshot: ClusterSnapshot,
  request: DrainRequest,
  { random, nowMs }: { readonly random: Random; readonly nowMs: UnixMs },
): DrainPlan {
  const { nodeIds, options } = request
  const affected = request.tasks.flatMap(({ task, spec }): Affected[] =>
    task.nodeId === null ? [] : [{ task, spec, fromNodeId: task.nodeId, moment: stopMoment(task, spec, options) }],
  )
  const movers = affected
    .filter(needsAnotherNode)
    .map(({ task, spec }): Pending => ({ task: { ...task, planned: null }, spec }))
  const { placements, refusals } = plan(snapshot, movers, { random, nowMs, closedNodes: new Set(nodeIds) })
  const placementOf = new Map(placements.map((placement) => [placement.taskId, placement]))
  const refusalOf = new Map(refusals.map((refusal) => [refusal.taskId, refusal]))

  const moves = affected.map(({ task, fromNodeId, moment }) =>
    drainMove(task, fromNodeId, moment, options, {
      placement: placementOf.get(task.id),
      refusal: refusalOf.get(task.id),
    }),
  )
  return {
    v: 1,
    id: request.planId,
    revision: request.revision,
    computedAtMs: nowMs,
    nodeIds: [...nodeIds],
    options,
    moves,
    counts: countFates(moves),
    busiest: busiestReceiver(snapshot, movers, placementOf),
    warnings: [
      ...drainWarnings(snapshot, nodeIds, options, moves),
      ...serviceDips(
        affected.map(({ task }) => task),
        options,
        request.standingOf ?? (() => undefined),
      ),
    ].slice(0, 50),
    estimateMs: estimateDrain(affected, options, request.runTimesMs, nowMs),
  }
}

/** Whether the drain may come to need another node for it. A program that must not run twice never moves. */
function needsAnotherNode({ task, moment }: Affected): boolean {
  return task.policy !== 'at-most-once' && (moment === 'at-once' || moment === 'at-deadline')
}

function countFates(moves: readonly Move[]): DrainPlan['counts'] {
  const count = (fate: Move['fate']) => moves.filter((move) => move.fate === fate).length
  return {
    finish: count('finishes-here'),
    move: count('moves'),
    stay: count('stays'),
    end: count('ends'),
    nowhere: count('nowhere'),
  }
}
