import { countInWords } from '../amounts.ts'
import { firstOf } from '../each-candidate.ts'
import type { PlacementStrategy } from '../strategy.ts'

/** Takes the eligible node whose id comes last. */
export const last: PlacementStrategy = {
  name: 'last',
  summary: 'The last eligible node by name',

  choose(_request, candidates, { view }) {
    const places = view.snapshot.places()
    const index = firstOf(candidates, (left, right) => places.of(right) - places.of(left))
    if (index < 0) return undefined
    return {
      index,
      top: [{ index, score: 0, why: 'last by name' }],
      because: `last by name of ${countInWords(candidates.count, 'eligible node')}`,
    }
  },
}
