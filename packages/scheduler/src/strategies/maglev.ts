import { countInWords } from '../amounts.ts'
import { membership } from '../each-candidate.ts'
import { hashKeyOf } from '../hashing/hash-key.ts'
import type { PlacementStrategy } from '../strategy.ts'

/**
 * Tasks of one key go to one node by a table in which all nodes have nearly equal parts: the most even of the hash strategies, for
 * slightly more keys that move. Source: Eisenbud et al., "Maglev" (NSDI 2016).
 */
export const maglev: PlacementStrategy = {
  name: 'maglev',
  summary: 'Tasks of one key to one node, by a table with nearly equal parts',

  choose(request, candidates, { view }) {
    if (candidates.count === 0) return undefined
    const key = hashKeyOf(request)
    const isCandidate = membership(candidates, view.accounts.stamp.length)
    for (const index of view.snapshot.derived.maglev.walk(view.snapshot, key)) {
      if (!isCandidate(index)) continue
      return {
        index,
        top: [{ index, score: 0, why: `the place of "${key}" in the table` }],
        because: `the key "${key}" belongs to it, by the table, among ${countInWords(candidates.count, 'eligible node')}`,
      }
    }
    return undefined
  },
}
