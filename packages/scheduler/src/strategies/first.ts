import { countInWords } from '../amounts.ts'
import { firstOf } from '../each-candidate.ts'
import type { PlacementStrategy } from '../strategy.ts'

/** Takes the eligible node whose id comes first. Fills one node, then the next. */
export const first: PlacementStrategy = {
  name: 'first',
  summary: 'The first eligible node by name',

  choose(_request, candidates, { view }) {
    const places = view.snapshot.places()
    const index = firstOf(candidates, (left, right) => places.of(left) - places.of(right))
    if (index < 0) return undefined
    return {
      index,
      top: [{ index, score: 0, why: 'first by name' }],
      because: `first by name of ${countInWords(candidates.count, 'eligible node')}`,
    }
  },
}
