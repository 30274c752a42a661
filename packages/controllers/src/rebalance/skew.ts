import type { NodeId } from '@quarterdeck/domain'

/** How full each compared node is, 0..1 and above when overbooked. */
export type Shares = {
  readonly byNode: ReadonlyMap<NodeId, number>
  readonly fullestFirst: readonly NodeId[]
  readonly sum: number
  readonly sumOfSquares: number
}

export function sharesBy(byNode: ReadonlyMap<NodeId, number>): Shares {
  const fullestFirst = [...byNode]
    .sort(([leftId, left], [rightId, right]) => right - left || (leftId < rightId ? -1 : 1))
    .map(([id]) => id)
  const all = [...byNode.values()]
  return {
    byNode,
    fullestFirst,
    sum: all.reduce((sum, share) => sum + share, 0),
    sumOfSquares: all.reduce((sum, share) => sum + share ** 2, 0),
  }
}

/**
 * Coefficient of variation of the shares: standard deviation over mean, 0 when every node is as full as the others, and when nothing is
 * reserved anywhere. `changed`: nodes that are supposed to have another share; costs the same for any number of nodes.
 */
export function skewOf(
  shares: Shares,
  changed: readonly { readonly id: NodeId; readonly share: number }[] = [],
): number {
  const count = shares.byNode.size
  let { sum, sumOfSquares } = shares
  for (const { id, share } of changed) {
    const was = shares.byNode.get(id) ?? 0
    sum += share - was
    sumOfSquares += share ** 2 - was ** 2
  }
  const mean = sum / count
  if (count === 0 || mean <= 1e-9) return 0
  // Rounding may leave a hair below zero where all are equal.
  return Math.sqrt(Math.max(0, sumOfSquares / count - mean ** 2)) / mean
}
