import { countInWords } from '../amounts.ts'
import { bestOf } from '../choose-best.ts'
import { weightsOf } from '../effective-weight.ts'
import { idAt } from '../plan-view.ts'
import type { PlacementStrategy } from '../strategy.ts'

const name = 'smooth-weighted-round-robin'
/** Sums of fractions that should be equal differ by less than this. */
const GRAIN = 1e-9

/**
 * Each eligible node in turn, heavier ones more often and their turns apart: weights 5, 1, 1 give A A B A C A A.
 *
 * The rule is that of nginx: every turn adds a node's weight to its credit, the highest credit is served and pays the sum of all
 * weights. Here the credit is kept as the turn up to which a node has been served (`amount`), so that a decision changes two small
 * records, the node's and the clock of turns, instead of one per node. A node that has just joined, was away or could not be used has
 * saved up at most one turn.
 */
export const smoothWeightedRoundRobin: PlacementStrategy = {
  name,
  summary: 'Each eligible node in turn, heavier ones more often and evenly apart',

  choose(_request, candidates, { view, nowMs }) {
    const { memory } = view
    const clock = memory.get(name)?.amount ?? 0
    const places = view.snapshot.places()
    const amounts = memory.amounts(name)
    const weightOf = weightsOf(view, nowMs)
    let total = 0
    for (let position = 0; position < candidates.count; position++) total += weightOf(candidates.at(position))
    const servedTo = (index: number, weight: number) => {
      // NaN, of a node that was never served, is 0 here.
      const served = amounts[index] || 0
      return Math.min(clock + 1 / weight, Math.max(clock - 1 / weight, served))
    }
    const credit = (index: number) => {
      const weight = weightOf(index)
      return weight * (clock + 1 / total - servedTo(index, weight))
    }
    // On a tie the lower id is first, whatever the order of the candidates.
    const best = bestOf(
      candidates,
      (index) => Math.round(credit(index) / GRAIN) * GRAIN - places.of(index) * GRAIN * 1e-3,
    )
    const [first] = best
    if (!first) return undefined
    const nodeId = idAt(view, first.index)
    const weight = weightOf(first.index)
    return {
      index: first.index,
      top: best.map((each) => ({ ...each, why: `credit ${each.score.toFixed(2)}` })),
      because: `highest credit of ${countInWords(candidates.count, 'eligible node')} (weight ${weight})`,
      remember: [
        memory.next(name, nodeId, { nodeId, amount: servedTo(first.index, weight) + 1 / weight }),
        memory.next(name, undefined, { nodeId, amount: clock + 1 / total }),
      ],
    }
  },
}
