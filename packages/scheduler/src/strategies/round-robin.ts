import { countInWords } from '../amounts.ts'
import { idAt } from '../plan-view.ts'
import type { PlacementStrategy } from '../strategy.ts'

/**
 * Takes the eligible node whose id follows the one served last, then starts again.
 *
 * Goes by id and not by position, so that a node that joins or leaves between two turns shifts nobody's turn.
 */
export const roundRobin: PlacementStrategy = {
  name: 'round-robin',
  summary: 'Each eligible node in turn',

  choose(_request, candidates, { view }) {
    const cursor = view.memory.get('round-robin')?.nodeId ?? null
    const places = view.snapshot.places()
    const after = cursor === null ? -1 : places.after(cursor)
    let next = -1
    let first = -1
    for (let position = 0; position < candidates.count; position++) {
      const index = candidates.at(position)
      const place = places.of(index)
      if (first < 0 || place < places.of(first)) first = index
      if (place >= after && (next < 0 || place < places.of(next))) next = index
    }
    const index = next < 0 ? first : next
    if (index < 0) return undefined
    const because = `next in turn${cursor ? ` after ${cursor}` : ''} of ${countInWords(candidates.count, 'eligible node')}`
    const remember = [view.memory.next('round-robin', undefined, { nodeId: idAt(view, index), amount: 0 })]
    return { index, top: [{ index, score: 0, why: 'its turn' }], because, remember }
  },
}
