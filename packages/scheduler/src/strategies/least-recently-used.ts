import { countInWords } from '../amounts.ts'
import { firstOf } from '../each-candidate.ts'
import { idAt } from '../plan-view.ts'
import type { PlacementStrategy } from '../strategy.ts'

const name = 'least-recently-used'

/**
 * Takes the eligible node that this strategy chose longest ago, one that it never chose first. Remembers per node the number of the
 * decision that chose it last (`amount`), not a time, so that controllers need not agree on one.
 */
export const leastRecentlyUsed: PlacementStrategy = {
  name,
  summary: 'The node that was chosen longest ago',

  choose(_request, candidates, { view }) {
    const { memory } = view
    const places = view.snapshot.places()
    const amounts = memory.amounts(name)
    // NaN, of a node that was never chosen, is 0 here.
    const chosenAt = (index: number) => amounts[index] || 0
    const index = firstOf(
      candidates,
      (left, right) => chosenAt(left) - chosenAt(right) || places.of(left) - places.of(right),
    )
    if (index < 0) return undefined
    const nodeId = idAt(view, index)
    const decision = (memory.get(name)?.amount ?? 0) + 1
    const why = chosenAt(index) === 0 ? 'not chosen before' : `chosen ${decision - chosenAt(index)} decisions ago`
    return {
      index,
      top: [{ index, score: -chosenAt(index), why }],
      because: `least recently chosen of ${countInWords(candidates.count, 'eligible node')} (${why})`,
      remember: [
        memory.next(name, nodeId, { nodeId, amount: decision }),
        memory.next(name, undefined, { nodeId, amount: decision }),
      ],
    }
  },
}
