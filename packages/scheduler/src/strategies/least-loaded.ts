import { countInWords, shareInWords } from '../amounts.ts'
import { bestOf, remembered } from '../choose-best.ts'
import { warmthsOf } from '../effective-weight.ts'
import { loadInWords, loadWith } from '../node-load.ts'
import type { PlacementStrategy } from '../strategy.ts'

/** Takes the node whose fullest dimension is lowest, counting both what is measured and what is reserved. A node that warms up counts as fuller. */
export const leastLoaded: PlacementStrategy = {
  name: 'least-loaded',
  summary: 'The node with the lowest load, measured and reserved together',

  choose(request, candidates, { view, nowMs }) {
    const warmthOf = warmthsOf(view, nowMs)
    const best = bestOf(
      candidates,
      remembered(candidates, (index) => 1 - loadWith(view.accounts, index, request) / warmthOf(index)),
    )
    const [first] = best
    if (!first) return undefined
    return {
      index: first.index,
      top: best.map((each) => ({ ...each, why: loadInWords(view.accounts, each.index, request) })),
      because: `least loaded of ${countInWords(candidates.count, 'eligible node')} (${shareInWords(loadWith(view.accounts, first.index, request))})`,
    }
  },
}
