import { limits } from '@quarterdeck/domain'
import type { Candidates } from './strategy.ts'

/** A candidate with its score; higher is better. */
export type Scored = { readonly index: number; readonly score: number }

/**
 * The best candidates, best first, at most `limits.decisionTopKept`.
 *
 * On a tie the lower index wins, so that the order in which nodes happen to stand in their class decides nothing.
 */
export function bestOf(candidates: Candidates, score: (index: number) => number): readonly Scored[] {
  const best: Scored[] = []
  for (let position = 0; position < candidates.count; position++) {
    const index = candidates.at(position)
    const scored = score(index)
    const last = best[best.length - 1]
    if (best.length === limits.decisionTopKept && last && !beats(scored, index, last)) continue

    let place = best.length
    while (place > 0) {
      const before = best[place - 1]
      if (!before || !beats(scored, index, before)) break
      place--
    }
    best.splice(place, 0, { index, score: scored })
    if (best.length > limits.decisionTopKept) best.pop()
  }
  return best
}

/** `compute`, asked once per node for all equal tasks of a plan, until something is placed there. */
export function remembered(candidates: Candidates, compute: (index: number) => number): (index: number) => number {
  const memo = candidates.memo?.()
  if (!memo) return compute
  return (index) => {
    const known = memo[index] ?? Number.NaN
    if (!Number.isNaN(known)) return known
    const value = compute(index)
    memo[index] = value
    return value
  }
}

function beats(score: number, index: number, other: Scored): boolean {
  return score > other.score || (score === other.score && index < other.index)
}
