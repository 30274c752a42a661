import { countInWords, shareInWords } from '../amounts.ts'
import { warmthsOf } from '../effective-weight.ts'
import { loadInWords, loadWith } from '../node-load.ts'
import type { PlacementStrategy } from '../strategy.ts'

/**
 * Draws two different candidates at random and keeps the less loaded one.
 *
 * Spreads load almost as evenly as comparing every node, and several schedulers with an old view do not all run to the same one.
 * Source: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing" (2001).
 */
export const powerOfTwoChoices: PlacementStrategy = {
  name: 'power-of-two-choices',
  summary: 'Two random nodes, the less loaded one wins',

  choose(request, candidates, { random, view, nowMs }) {
    if (candidates.count === 0) return undefined
    const warmthOf = warmthsOf(view, nowMs)
    const drawn = drawTwo(candidates.count, random.nextInt).map((position) => {
      const index = candidates.at(position)
      return { index, score: 1 - loadWith(view.accounts, index, request) / warmthOf(index) }
    })
    // A stable sort: on a tie the first drawn wins, so that the same seed gives the same plan.
    const top = drawn.sort((left, right) => right.score - left.score)
    const [best] = top
    if (!best) return undefined
    return {
      index: best.index,
      top: top.map((each) => ({ ...each, why: loadInWords(view.accounts, each.index, request) })),
      because: `less loaded of ${top.length} drawn from ${countInWords(candidates.count, 'eligible node')} (${shareInWords(loadWith(view.accounts, best.index, request))})`,
    }
  },
}

function drawTwo(count: number, nextInt: (bound: number) => number): number[] {
  if (count === 1) return [0]
  const first = nextInt(count)
  // Drawn from one fewer, then shifted past the first, so that the two are never the same.
  const offset = nextInt(count - 1)
  return [first, offset < first ? offset : offset + 1]
}
