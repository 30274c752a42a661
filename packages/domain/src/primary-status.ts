import type { Node } from './node.ts'

export const primaryStatuses = [
  'down',
  'suspect',
  'unknown',
  'draining',
  'drained',
  'cordoned',
  'joining',
  'ready',
  'left',
] as const
export type PrimaryStatus = (typeof primaryStatuses)[number]

/**
 * The one status that is shown for a node. Precedence: down, suspect, unknown, draining, drained, cordoned, joining, ready.
 *
 * @param node its three independent facts
 * @param asOf `vouched: false` when nobody can say how the node is now (no leader, or a view too old): health then reads `unknown`
 */
export function primaryStatus(
  node: Pick<Node, 'health' | 'scheduling'>,
  asOf: { readonly vouched: boolean } = { vouched: true },
): PrimaryStatus {
  if (node.health === 'left') return 'left'
  if (!asOf.vouched) return 'unknown'
  if (node.health === 'down' || node.health === 'suspect' || node.health === 'unknown') return node.health
  if (node.scheduling !== 'open') return node.scheduling
  return node.health
}
