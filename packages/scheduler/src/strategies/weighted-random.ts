import { countInWords, shareInWords } from '../amounts.ts'
import { weightsOf } from '../effective-weight.ts'
import type { PlacementStrategy } from '../strategy.ts'

/** Draws an eligible node, one of weight 3 three times as often as one of weight 1. */
export const weightedRandom: PlacementStrategy = {
  name: 'weighted-random',
  summary: 'Drawn at random, a node of twice the weight twice as often',

  choose(_request, candidates, { random, view, nowMs }) {
    const weightAt = weightsOf(view, nowMs)
    const weightOf = (position: number) => weightAt(candidates.at(position))
    let total = 0
    for (let position = 0; position < candidates.count; position++) total += weightOf(position)
    if (candidates.count === 0) return undefined

    let drawn = random.next() * total
    let position = 0
    while (position < candidates.count - 1 && drawn >= weightOf(position)) drawn -= weightOf(position++)
    const index = candidates.at(position)
    const share = shareInWords(weightOf(position) / total)
    return {
      index,
      top: [{ index, score: weightOf(position), why: `drawn, with a chance of ${share}` }],
      because: `drawn by weight from ${countInWords(candidates.count, 'eligible node')} (its chance was ${share})`,
    }
  },
}
