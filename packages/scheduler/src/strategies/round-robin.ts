import type { NodeId } from '@quarterdeck/domain'
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

  choose(_request, candidates, { view, cursor }) {
    let next: { readonly index: number; readonly id: NodeId } | undefined
    let first: { readonly index: number; readonly id: NodeId } | undefined
    for (let position = 0; position < candidates.count; position++) {
      const index = candidates.at(position)
      const id = idAt(view, index)
      if (!first || id < first.id) first = { index, id }
      if (cursor !== null && id > cursor && (!next || id < next.id)) next = { index, id }
    }
    const chosen = next ?? first
    if (!chosen) return undefined
    const because = `next in turn${cursor ? ` after ${cursor}` : ''} of ${countInWords(candidates.count, 'eligible node')}`
    return {
      index: chosen.index,
      top: [{ index: chosen.index, score: 0, why: 'its turn' }],
      because,
      cursor: chosen.id,
    }
  },
}
