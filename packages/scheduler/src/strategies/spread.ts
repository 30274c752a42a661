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
    const { zones, zoneOf } = view.snapshot
    const inZone = zones.map((zone) => counts.inZone(zone))
    const countOf = (index: number) => inZone[zoneOf[index] ?? 0] ?? 0
    const onNode = view.neighbours.countsByNode(name, view.accounts.cpuMillisTotal.length)
    const loadOf = remembered(candidates, (index) => loadWith(view.accounts, index, request))
    const best = bestOf(
      candidates,
      (index) => -countOf(index) * ZONE_WEIGHT - (onNode[index] ?? 0) * NODE_WEIGHT - loadOf(index),
    )
    const [first] = best
    if (!first) return undefined
    const { zone } = entryAt(view, first.index).node
    return {
      index: first.index,
      top: best.map((each) => ({
        ...each,
        why: `zone ${entryAt(view, each.index).node.zone} has ${countOf(each.index)} of ${name}, this node ${onNode[each.index] ?? 0}`,
      })),
      because: `furthest from others named ${name}: ${countOf(first.index)} in zone ${zone}, ${onNode[first.index] ?? 0} on the node (${countInWords(candidates.count, 'eligible node')})`,
    }
  },
}
