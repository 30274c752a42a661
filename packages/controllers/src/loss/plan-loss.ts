import type { Move, NodeId, PlannedLoss, Task, UnixMs } from '@quarterdeck/domain'
import type { Random } from '@quarterdeck/platform'
import { type ClusterSnapshot, type Pending, type Placement, plan, type Refusal } from '@quarterdeck/scheduler'
import { busiestReceiver } from '../drain/busiest-receiver.ts'

export type LossRequest = {
  readonly nodeIds: readonly NodeId[]
  readonly revision: number
  /** Every task that holds one of these nodes, with its spec. */
  readonly tasks: readonly Pending[]
}

/**
 * What would happen if these nodes were gone at this moment, by the same `plan()` that places tasks after a real loss, with the nodes
 * closed. Reads the snapshot and changes nothing.
 */
export function planLoss(
  snapshot: ClusterSnapshot,
  { nodeIds, revision, tasks }: LossRequest,
  { random, nowMs }: { readonly random: Random; readonly nowMs: UnixMs },
): PlannedLoss {
  const held = tasks.filter(({ task }) => task.nodeId !== null)
  // A stop that was asked for is fulfilled by the loss: nothing of it begins again, unless it was only to move.
  const lost = held.filter(({ task }) => task.stop === null || task.stop.becomes === 'queued')
  const movers = lost
    .filter(({ task }) => task.policy !== 'at-most-once')
    .map(({ task, spec }): Pending => ({ task: { ...task, planned: null }, spec }))
  const { placements, refusals } = plan(snapshot, movers, {
    random,
    nowMs,
    closedNodes: new Set(nodeIds),
    closedAs: 'taken for lost',
  })
  const placementOf = new Map(placements.map((placement) => [placement.taskId, placement]))
  const refusalOf = new Map(refusals.map((refusal) => [refusal.taskId, refusal]))

  const moves = lost
    .map(({ task }) => lossMove(task, placementOf.get(task.id), refusalOf.get(task.id)))
    .sort((left, right) => WORST_FIRST.indexOf(left.fate) - WORST_FIRST.indexOf(right.fate))
  const count = (fate: Move['fate']) => moves.filter((move) => move.fate === fate).length
  const counts = { move: count('moves'), wait: count('stays'), nowhere: count('nowhere') }
  return {
    nodeIds: [...nodeIds],
    revision,
    computedAtMs: nowMs,
    moves,
    counts,
    busiest: busiestReceiver(snapshot, movers, placementOf),
    warnings: warningsOf(moves),
  }
}

const WORST_FIRST: readonly Move['fate'][] = ['nowhere', 'stays', 'moves']

function lossMove(task: Task, placement: Placement | undefined, refusal: Refusal | undefined): Move {
  const move = (fate: Move['fate'], because: string): Move => ({
    taskId: task.id,
    name: task.name,
    fate,
    // Only tasks that hold a node come here.
    fromNodeId: task.nodeId as NodeId,
    toNodeId: placement?.nodeId ?? null,
    because: because.slice(0, 500),
  })
  if (task.policy === 'at-most-once')
    return move('stays', 'would be unknown until its node returns; it is never run again')
  if (!placement) return move('nowhere', whyNowhere(refusal))
  const first = task.policy === 'exclusive' ? 'once its old node must have stopped it; ' : ''
  return move('moves', `${first}${placement.decision.because}`)
}

function whyNowhere(refusal: Refusal | undefined): string {
  if (!refusal) return 'no node could take it'
  const { because, wouldFit } = refusal.decision
  return wouldFit ? `${because}. ${wouldFit}` : because
}

/** Names that have nowhere to go, with their reason: one line a reason, the most frequent first. */
function warningsOf(moves: readonly Move[]): string[] {
  const byReason = new Map<string, string[]>()
  for (const { fate, name, because } of moves) {
    if (fate !== 'nowhere') continue
    byReason.set(because, [...(byReason.get(because) ?? []), name])
  }
  return [...byReason]
    .sort(([, left], [, right]) => right.length - left.length)
    .slice(0, 20)
    .map(([because, names]) => `${listed(names)}: ${because}`.slice(0, 500))
}

function listed(names: readonly string[]): string {
  const shown = [...new Set(names)].slice(0, 3).join(', ')
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown
}
