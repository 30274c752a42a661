import { countInWords } from '../amounts.ts'
import { bestOf } from '../choose-best.ts'
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
    const inZone = (index: number) => view.neighbours.inZone(name, entryAt(view, index).node.zone)
    const best = bestOf(
      candidates,
      (index) =>
        -inZone(index) * ZONE_WEIGHT -
        view.neighbours.onNode(name, index) * NODE_WEIGHT -
        loadWith(view.accounts, index, request),
    )
    const [first] = best
    if (!first) return undefined
    const { zone } = entryAt(view, first.index).node
    const count = view.neighbours.inZone(name, zone)
    return {
      index: first.index,
      top: best.map((each) => ({
        ...each,
        why: `zone ${entryAt(view, each.index).node.zone} has ${inZone(each.index)} of ${name}, this node ${view.neighbours.onNode(name, each.index)}`,
      })),
      because: `furthest from others named ${name}: ${count} in zone ${zone}, ${view.neighbours.onNode(name, first.index)} on the node (${countInWords(candidates.count, 'eligible node')})`,
    }
  },
}
