import { countInWords } from '../amounts.ts'
import { bestOf, remembered } from '../choose-best.ts'
import { loadWith } from '../node-load.ts'
import { entryAt } from '../plan-view.ts'
import type { PlacementStrategy } from '../strategy.ts'

/** A task more in the zone outweighs any number on the node, and one on the node any load. */
const ZONE_WEIGHT = 1_000_000
const NODE_WEIGHT = 10

/**
 * Keeps tasks of one name apart: the zone with the fewest of them first, then the node with the fewest, then the least loaded.
 */
export const spread: PlacementStrategy = {
  name: 'spread',
  summary: 'Apart from tasks of the same name: by zone, then by node',

  choose(request, candidates, { view }) {
    const { name } = request.task
    const counts = view.neighbours.of(name)
    const zoneOf = (index: number) => entryAt(view, index).node.zone
    const loadOf = remembered(candidates, (index) => loadWith(view.accounts, index, request))
    const best = bestOf(
      candidates,
      (index) => -counts.inZone(zoneOf(index)) * ZONE_WEIGHT - counts.onNode(index) * NODE_WEIGHT - loadOf(index),
    )
    const [first] = best
    if (!first) return undefined
    const zone = zoneOf(first.index)
    return {
      index: first.index,
      top: best.map((each) => ({
        ...each,
        why: `zone ${zoneOf(each.index)} has ${counts.inZone(zoneOf(each.index))} of ${name}, this node ${counts.onNode(each.index)}`,
      })),
      because: `furthest from others named ${name}: ${counts.inZone(zone)} in zone ${zone}, ${counts.onNode(first.index)} on the node (${countInWords(candidates.count, 'eligible node')})`,
    }
  },
}
