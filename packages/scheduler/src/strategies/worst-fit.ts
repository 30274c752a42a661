import { countInWords, shareInWords } from '../amounts.ts'
import { bestOf, remembered } from '../choose-best.ts'
import { fillWith } from '../node-load.ts'
import type { PlacementStrategy } from '../strategy.ts'

/** Takes the node that is emptiest by reservations, so that every task has room to grow: the opposite of packing. */
export const worstFit: PlacementStrategy = {
  name: 'worst-fit',
  summary: 'The emptiest node by reservations',

  choose(request, candidates, { view }) {
    const best = bestOf(
      candidates,
      remembered(candidates, (index) => -fillWith(view.accounts, index, request)),
    )
    const [first] = best
    if (!first) return undefined
    return {
      index: first.index,
      top: best.map((each) => ({ ...each, why: `${shareInWords(-each.score)} of CPU and memory reserved with it` })),
      because: `emptiest of ${countInWords(candidates.count, 'eligible node')} (${shareInWords(-first.score)} with it)`,
    }
  },
}
