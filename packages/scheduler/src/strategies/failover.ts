import { countInWords } from '../amounts.ts'
import { firstOf } from '../each-candidate.ts'
import { entryAt } from '../plan-view.ts'
import type { PlacementStrategy } from '../strategy.ts'

/** Where a node stands that names no rank: behind those that do. */
const RANK_USUAL = 1_000_000

/**
 * One node for everything while it is healthy, the next one when it is not: by the label `rank`, lowest first, then by name. Filters have
 * already taken out what does not answer.
 */
export const failover: PlacementStrategy = {
  name: 'failover',
  summary: 'Always the first healthy node, by its label rank and then by name',

  choose(_request, candidates, { view }) {
    const places = view.snapshot.places()
    const rankOf = (index: number) => {
      const rank = Number(entryAt(view, index).node.labels.rank ?? Number.NaN)
      return Number.isNaN(rank) ? RANK_USUAL : rank
    }
    const index = firstOf(
      candidates,
      (left, right) => rankOf(left) - rankOf(right) || places.of(left) - places.of(right),
    )
    if (index < 0) return undefined
    const why = rankOf(index) === RANK_USUAL ? 'first by name' : `rank ${rankOf(index)}`
    return {
      index,
      top: [{ index, score: -rankOf(index), why }],
      because: `first healthy of ${countInWords(candidates.count, 'eligible node')} (${why})`,
    }
  },
}
