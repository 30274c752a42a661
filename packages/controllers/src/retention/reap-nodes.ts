import { type Controller, isGone, type Node, type Timings, type UnixMs } from '@quarterdeck/domain'
import type { Deletion } from './deletion.ts'

/**
 * Nodes and controllers that have been gone for so long that nobody waits for them. A node's credential stays: a machine that comes
 * back later is known again without a new join token, and removing a node by hand is what takes its identity away.
 */
export function reapNodes(
  { nodes, controllers }: { readonly nodes: Iterable<Node>; readonly controllers: Iterable<Controller> },
  { nodeCollectAfterMs }: Pick<Timings, 'nodeCollectAfterMs'>,
  nowMs: UnixMs,
): Deletion[] {
  const deletions: Deletion[] = []
  for (const { id, health, healthSinceMs } of nodes) {
    if (!isGone(health) || nowMs - healthSinceMs < nodeCollectAfterMs) continue
    const hours = Math.round((nowMs - healthSinceMs) / 3_600_000)
    const text = `Node ${id} was forgotten after ${hours} h as ${health}`
    const event = { type: 'node.forgotten', subject: { kind: 'node', id }, severity: 'notice', text } as const
    deletions.push({ kind: 'node', id, event })
  }
  for (const { id, state, sinceMs } of controllers) {
    if (state !== 'live' && nowMs - sinceMs >= nodeCollectAfterMs) deletions.push({ kind: 'controller', id })
  }
  return deletions
}
