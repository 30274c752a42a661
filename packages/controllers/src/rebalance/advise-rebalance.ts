import {
  limits,
  type NodeId,
  type PlanId,
  planIdSchema,
  type RebalanceMove,
  type RebalancePlan,
  type TaskId,
  type UnixMs,
} from '@quarterdeck/domain'
import type { Random } from '@quarterdeck/platform'
import { type ClusterSnapshot, obstacleOn, type Pending, shareInWords } from '@quarterdeck/scheduler'
import { type Shares, sharesBy, skewOf } from './skew.ts'

/** A move must cut skew by at least this much, or the advice ends before it: a restart costs more than a hair of balance. */
export const SKEW_GAIN_MIN = 0.02
/** The fullest nodes that are looked at for each move, and the emptiest that each task is tried on. */
const SOURCES_MAX = 8
const DESTINATIONS_MAX = 8

type Context = { readonly random: Random; readonly nowMs: UnixMs }
type Step = { readonly pending: Pending; readonly fromNodeId: NodeId; readonly toNodeId: NodeId; readonly skew: number }

/**
 * Says which few moves would even the cluster out. Greedy: each step takes the move that cuts skew most, and the advice ends when the
 * next one would gain little. Only tasks that say that they may be moved and may run twice; only to nodes that pass every filter with the
 * moves before it already made. Reads the snapshot and leaves it as it was.
 */
export function adviseRebalance(
  snapshot: ClusterSnapshot,
  {
    tasks,
    revision,
    movesMax = limits.rebalanceMovesMax,
  }: { readonly tasks: readonly Pending[]; readonly revision: number; readonly movesMax?: number },
  context: Context,
): RebalancePlan {
  const shares = sharesOf(snapshot)
  const movable = tasks.filter((pending) => {
    const { nodeId } = pending.task
    return mayMove(pending) && nodeId !== null && shares.byNode.has(nodeId)
  })
  const skewBefore = skewOf(shares)
  const { moves, skewAfter } = snapshot.complete
    ? improve(snapshot, movable, { ...context, movesMax }, [])
    : { moves: [], skewAfter: skewBefore }
  return {
    v: 1,
    id: planIdOf(moves),
    revision,
    computedAtMs: context.nowMs,
    moves,
    skewBefore,
    skewAfter,
    nodesCompared: shares.byNode.size,
    tasksMovable: movable.length,
  }
}

/** Whether a rebalance may stop this task and run it elsewhere. */
export function mayMove({ task, spec }: Pending): boolean {
  return (
    spec.onDrain === 'move' &&
    task.policy === 'at-least-once' &&
    !task.system &&
    task.state === 'running' &&
    task.stop === null &&
    task.planned === null
  )
}

function improve(
  snapshot: ClusterSnapshot,
  movable: readonly Pending[],
  context: Context & { readonly movesMax: number },
  moves: readonly RebalanceMove[],
): { readonly moves: RebalanceMove[]; readonly skewAfter: number } {
  const shares = sharesOf(snapshot)
  const skew = skewOf(shares)
  const best = moves.length < context.movesMax ? bestStep(snapshot, movable, shares, context) : null
  if (!best || skew - best.skew < SKEW_GAIN_MIN) return { moves: [...moves], skewAfter: skew }

  const { pending, fromNodeId, toNodeId } = best
  const { task } = pending
  const before = { from: shares.byNode.get(fromNodeId) ?? 0, to: shares.byNode.get(toNodeId) ?? 0 }
  const rest = movable.filter((each) => each.task.id !== task.id)
  return snapshot.supposing({ ...task, nodeId: fromNodeId }, toNodeId, () => {
    const inWords = (id: NodeId, was: number) =>
      `${id} ${shareInWords(was)} -> ${shareInWords(snapshot.reservedShare(id) ?? 0)}`
    const because = `${inWords(fromNodeId, before.from)}, ${inWords(toNodeId, before.to)} reserved`
    const move = { taskId: task.id, name: task.name, attempt: task.attempt, fromNodeId, toNodeId, because }
    return improve(snapshot, rest, context, [...moves, move])
  })
}

function bestStep(
  snapshot: ClusterSnapshot,
  movable: readonly Pending[],
  shares: Shares,
  context: Context,
): Step | null {
  const sources = new Set<NodeId>()
  const withWork = new Set(movable.map(({ task }) => task.nodeId))
  for (const id of shares.fullestFirst) {
    if (withWork.has(id)) sources.add(id)
    if (sources.size === SOURCES_MAX) break
  }
  let best: Step | null = null
  for (const pending of movable) {
    const fromNodeId = pending.task.nodeId
    if (fromNodeId === null || !sources.has(fromNodeId)) continue
    for (const { toNodeId, skew } of destinations(snapshot, pending, fromNodeId, shares, context)) {
      if (!best || skew < best.skew) best = { pending, fromNodeId, toNodeId, skew }
    }
  }
  return best
}

/** The emptiest nodes that can take the task, each with the skew that the move would leave. */
function destinations(
  snapshot: ClusterSnapshot,
  pending: Pending,
  fromNodeId: NodeId,
  shares: Shares,
  context: Context,
): { toNodeId: NodeId; skew: number }[] {
  const { resources } = pending.task
  const less = { cpuMillis: -resources.cpuMillis, memoryBytes: -resources.memoryBytes }
  const from = { id: fromNodeId, share: snapshot.reservedShare(fromNodeId, less) ?? 0 }
  const found: { toNodeId: NodeId; skew: number }[] = []
  for (let place = shares.fullestFirst.length - 1; place >= 0 && found.length < DESTINATIONS_MAX; place--) {
    const toNodeId = shares.fullestFirst[place]
    // From here on every node is fuller than the one that it would leave.
    if (toNodeId === undefined || toNodeId === fromNodeId) break
    if (obstacleOn(snapshot, pending, toNodeId, context) !== null) continue
    const share = snapshot.reservedShare(toNodeId, resources) ?? 0
    found.push({ toNodeId, skew: skewOf(shares, [from, { id: toNodeId, share }]) })
  }
  return found
}

/** Reserved shares of the nodes that take new work. */
function sharesOf(snapshot: ClusterSnapshot): Shares {
  const byNode = new Map<NodeId, number>()
  for (const { node } of snapshot.entries()) {
    if (node.health !== 'ready' || node.scheduling !== 'open' || node.quarantined !== null) continue
    byNode.set(node.id, snapshot.reservedShare(node.id) ?? 0)
  }
  return sharesBy(byNode)
}

/** Equal moves, equal id. Two FNV-1a hashes of 32 bits, from different starts; nobody gains by making two plans collide. */
function planIdOf(moves: readonly { taskId: TaskId; attempt: number; fromNodeId: NodeId; toNodeId: NodeId }[]): PlanId {
  const text = moves
    .map(({ taskId, attempt, fromNodeId, toNodeId }) => `${taskId} ${attempt} ${fromNodeId} ${toNodeId}`)
    .sort()
    .join('\n')
  const half = (start: number) => hashOf(text, start).toString(16).padStart(8, '0')
  return planIdSchema.parse(`rebalance-${half(0x811c9dc5)}${half(0x01000193)}`)
}

function hashOf(text: string, start: number): number {
  let hash = start
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
