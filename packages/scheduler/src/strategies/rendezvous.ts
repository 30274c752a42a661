import { countInWords } from '../amounts.ts'
import { bestOf } from '../choose-best.ts'
import { hashKeyOf } from '../hashing/hash-key.ts'
import { hashPair, hashText } from '../hashing/hash-text.ts'
import { entryAt } from '../plan-view.ts'
import type { PlacementStrategy } from '../strategy.ts'

/**
 * Tasks of one key go to the node that scores highest with that key; when a node leaves, exactly its keys move, to all the others.
 *
 * The score -weight / ln(h), h between 0 and 1 by a hash of key and node, gives each node its share by weight. Source: Thaler and
 * Ravishankar, "Using Name-Based Mappings to Increase Hit Rates" (1998); the weights after Schindelhauer and Schomaker (2005).
 */
export const rendezvous: PlacementStrategy = {
  name: 'rendezvous',
  summary: 'Tasks of one key to one node, without a ring; only the keys of a lost node move',

  choose(request, candidates, { view }) {
    const key = hashKeyOf(request)
    const keyHash = hashText(key)
    const best = bestOf(candidates, (index) => {
      const { nameHash, weight } = entryAt(view, index)
      return -weight / Math.log((hashPair(keyHash, nameHash) + 0.5) / 2 ** 32)
    })
    const [first] = best
    if (!first) return undefined
    return {
      index: first.index,
      top: best.map((each) => ({ ...each, why: `scores ${each.score.toFixed(2)} with "${key}"` })),
      because: `scores highest with the key "${key}" of ${countInWords(candidates.count, 'eligible node')}`,
    }
  },
}
