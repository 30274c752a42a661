import { countInWords } from '../amounts.ts'
import { firstOf } from '../each-candidate.ts'
import { idAt } from '../plan-view.ts'
import type { PlacementStrategy } from '../strategy.ts'

const name = 'least-frequently-used'

/**
 * Takes the eligible node that this strategy chose least often (`amount` per node). A node that joins starts just below the lowest
 * count of the others, or it would get every task until it has caught up with months of theirs.
 */
export const leastFrequentlyUsed: PlacementStrategy = {
  name,
  summary: 'The node that was chosen least often',

  choose(_request, candidates, { view }) {
    const { memory } = view
    const places = view.snapshot.places()
    const amounts = memory.amounts(name)
    let lowest = Number.POSITIVE_INFINITY
    for (let position = 0; position < candidates.count; position++) {
      const count = amounts[candidates.at(position)] ?? Number.NaN
      if (count < lowest) lowest = count
    }
    const start = Number.isFinite(lowest) ? Math.max(0, lowest - 1) : 0
    const timesOf = (index: number) => {
      const count = amounts[index] ?? Number.NaN
      return Number.isNaN(count) ? start : count
    }
    const index = firstOf(
      candidates,
      (left, right) => timesOf(left) - timesOf(right) || places.of(left) - places.of(right),
    )
    if (index < 0) return undefined
    const nodeId = idAt(view, index)
    const why = `chosen ${countInWords(timesOf(index), 'time')}`
    return {
      index,
      top: [{ index, score: -timesOf(index), why }],
      because: `least often chosen of ${countInWords(candidates.count, 'eligible node')} (${why})`,
      remember: [memory.next(name, nodeId, { nodeId, amount: timesOf(index) + 1 })],
    }
  },
}
