import { countInWords } from '../amounts.ts'
import { membership, where } from '../each-candidate.ts'
import { hashKeyOf } from '../hashing/hash-key.ts'
import { entryAt } from '../plan-view.ts'
import type { PlacementStrategy } from '../strategy.ts'
import { tasksOn } from '../tasks-on.ts'

/** No node may hold more than this times its share of the tasks. */
const LOAD_FACTOR = 1.25
/** After so many steps on the ring the few nodes that are left are compared directly: it finds the same one, sooner. */
const STEPS_MAX = 2_000

/**
 * Tasks of one key go to one node, unless that holds a quarter more than its share by weight: then on to the next on the ring.
 *
 * Source: Mirrokni, Thorup and Zadimoghaddam, "Consistent Hashing with Bounded Loads" (SODA 2018); the factor is that of HAProxy's users.
 */
export const boundedHash: PlacementStrategy = {
  name: 'bounded-hash',
  summary: 'Like consistent-hash, but no node gets more than 1.25 times its share',

  choose(request, candidates, { view }) {
    const key = hashKeyOf(request)
    let tasks = 1
    let weights = 0
    for (let position = 0; position < candidates.count; position++) {
      const index = candidates.at(position)
      tasks += tasksOn(view.accounts, index)
      weights += entryAt(view, index).weight
    }
    const boundOf = (index: number) => Math.ceil((LOAD_FACTOR * tasks * entryAt(view, index).weight) / weights)
    const isCandidate = membership(candidates, view.accounts.stamp.length)
    const chosen = (index: number, passed: string) => ({
      index,
      top: [{ index, score: 0, why: `${tasksOn(view.accounts, index)} of at most ${boundOf(index)} tasks` }],
      because: `the key "${key}" belongs to it, by the ring${passed} (at most ${boundOf(index)} tasks there)`,
    })
    const { ring } = view.snapshot.derived
    const full = new Set<number>()
    let steps = 0
    for (const index of ring.walk(view.snapshot, key)) {
      if (steps++ === STEPS_MAX) break
      if (!isCandidate(index) || full.has(index)) continue
      if (tasksOn(view.accounts, index) + 1 > boundOf(index)) {
        full.add(index)
        continue
      }
      return chosen(index, full.size > 0 ? ` after ${countInWords(full.size, 'node')} at the bound` : '')
    }
    const open = where(candidates, (index) => tasksOn(view.accounts, index) + 1 <= boundOf(index))
    const index = ring.nearest(view.snapshot, key, open)
    return index === undefined ? undefined : chosen(index, ' after many nodes at the bound')
  },
}
