import { countInWords, shareInWords } from '../amounts.ts'
import { bestOf, remembered } from '../choose-best.ts'
import { fillWith } from '../node-load.ts'
import type { PlacementStrategy } from '../strategy.ts'

/** Takes the node that is fullest by reservations and still has room, so that others stay empty for large tasks or for saving. */
export const binPack: PlacementStrategy = {
  name: 'bin-pack',
  summary: 'The fullest node that still has room',

  choose(request, candidates, { view }) {
    const best = bestOf(
      candidates,
      remembered(candidates, (index) => fillWith(view.accounts, index, request)),
    )
    const [first] = best
    if (!first) return undefined
    return {
      index: first.index,
      top: best.map((each) => ({ ...each, why: `${shareInWords(each.score)} of CPU and memory reserved with it` })),
      because: `fullest of ${countInWords(candidates.count, 'eligible node')} that still has room (${shareInWords(first.score)} with it)`,
    }
  },
}
