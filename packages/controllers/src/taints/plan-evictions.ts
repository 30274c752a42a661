import { formatDuration, type Move, type Node, type TaintPreview, type UnixMs } from '@quarterdeck/domain'
import type { Random } from '@quarterdeck/platform'
import { type ClusterSnapshot, type Pending, plan } from '@quarterdeck/scheduler'
import { evictionsOf } from './reconcile-evictions.ts'

/**
 * What these taints would do to the tasks of the node that has them from now on, by the same `plan()` that places the tasks afterwards.
 * Reads the snapshot and changes nothing.
 */
export function planEvictions(
  snapshot: ClusterSnapshot,
  node: Pick<Node, 'id' | 'taints'>,
  held: readonly Pending[],
  { random, nowMs }: { readonly random: Random; readonly nowMs: UnixMs },
): TaintPreview {
  const specOf = (id: string) => held.find(({ task }) => task.id === id)?.spec
  const tasks = held.map(({ task }) => task).filter(({ stop }) => stop === null)
  const evictions = evictionsOf(node, tasks, specOf, nowMs)
  const movers = evictions.flatMap(({ task }): Pending[] => {
    const spec = specOf(task.id)
    return spec && task.policy !== 'at-most-once' ? [{ task: { ...task, planned: null }, spec }] : []
  })
  const context = { random, nowMs, closedNodes: new Set([node.id]), closedAs: 'to be tainted' } as const
  const { placements, refusals } = plan(snapshot, movers, context)
  const moves = evictions.map(({ task, taint, atMs }): Move => {
    const when = atMs > nowMs ? `in ${formatDuration(atMs - nowMs)}` : 'at once'
    const what = `is stopped ${when} for ${taint.key}`
    const placement = placements.find(({ taskId }) => taskId === task.id)
    const refusal = refusals.find(({ taskId }) => taskId === task.id)
    const [fate, because]: readonly [Move['fate'], string] =
      task.policy === 'at-most-once'
        ? ['ends', `${what} and never run again (at-most-once)`]
        : placement
          ? ['moves', `${what}; ${placement.decision.because}`]
          : ['nowhere', `${what} and waits: ${refusal?.decision.because ?? 'no node can take it'}`]
    const toNodeId = placement?.nodeId ?? null
    return { taskId: task.id, name: task.name, fate, fromNodeId: node.id, toNodeId, because: because.slice(0, 500) }
  })
  return { nodeId: node.id, computedAtMs: nowMs, moves, stay: held.length - moves.length }
}
