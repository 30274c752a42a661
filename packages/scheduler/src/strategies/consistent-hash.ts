import { countInWords } from '../amounts.ts'
import { membership } from '../each-candidate.ts'
import { hashKeyOf } from '../hashing/hash-key.ts'
import type { PlacementStrategy } from '../strategy.ts'

/**
 * Tasks of one key go to one node, for as long as it is eligible; when a node leaves, only its keys move.
 *
 * Each node has 160 points on a ring per unit of weight, and a key belongs to the next point. Source: Karger et al., "Consistent Hashing
 * and Random Trees" (STOC 1997); 160 points as in nginx.
 */
export const consistentHash: PlacementStrategy = {
  name: 'consistent-hash',
  summary: 'Tasks of one key to one node; few keys move when nodes change',

  choose(request, candidates, { view }) {
    if (candidates.count === 0) return undefined
    const key = hashKeyOf(request)
    const isCandidate = membership(candidates, view.accounts.stamp.length)
    for (const index of view.snapshot.derived.ring.walk(view.snapshot, key)) {
      if (!isCandidate(index)) continue
      return {
        index,
        top: [{ index, score: 0, why: `next on the ring after "${key}"` }],
        because: `the key "${key}" belongs to it, by the ring, among ${countInWords(candidates.count, 'eligible node')}`,
      }
    }
    return undefined
  },
}
