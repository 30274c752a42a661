import { countInWords } from '../amounts.ts'
import type { PlacementStrategy } from '../strategy.ts'

/** Takes any eligible node, each as likely as the other. */
export const random: PlacementStrategy = {
  name: 'random',
  summary: 'Any eligible node, drawn at random',

  choose(_request, candidates, context) {
    if (candidates.count === 0) return undefined
    const index = candidates.at(context.random.nextInt(candidates.count))
    return {
      index,
      top: [{ index, score: 0, why: 'drawn' }],
      because: `drawn at random from ${countInWords(candidates.count, 'eligible node')}`,
    }
  },
}
