/**
 * What a list shows while somebody works in it, and how far that is from the order it should have.
 *
 * Rows must not move under the pointer: while `isFrozen`, the rows and their order stay as they were, and only the number of rows that
 * would move, appear or leave is told. Rows whose object is gone altogether leave at once, because there is nothing left to act on.
 */
export function decideOrder(input: {
  readonly shown: readonly string[]
  readonly wanted: readonly string[]
  readonly isFrozen: boolean
  readonly exists: (id: string) => boolean
}): { readonly shown: readonly string[]; readonly moves: number } {
  const { shown, wanted, isFrozen, exists } = input
  if (!isFrozen || shown.length === 0) return { shown: wanted, moves: 0 }
  const kept = shown.every(exists) ? shown : shown.filter(exists)
  return { shown: kept, moves: countMoves(kept, wanted) }
}

/** Fewest rows that must be moved, added or removed to turn one list into the other. */
export function countMoves(from: readonly string[], to: readonly string[]): number {
  const placeInTo = new Map(to.map((id, index) => [id, index]))
  const common: number[] = []
  let leaving = 0
  for (const id of from) {
    const place = placeInTo.get(id)
    if (place === undefined) leaving++
    else common.push(place)
  }
  const arriving = to.length - common.length
  return leaving + arriving + (common.length - longestRise(common))
}

/** Length of the longest rising subsequence: those rows can stay where they are. */
function longestRise(values: readonly number[]): number {
  const tails: number[] = []
  for (const value of values) {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((tails[middle] ?? 0) < value) low = middle + 1
      else high = middle
    }
    tails[low] = value
  }
  return tails.length
}
