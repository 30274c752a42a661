import { countInWords } from '../amounts.ts'
import { bestOf } from '../choose-best.ts'
import type { PlacementStrategy } from '../strategy.ts'

/**
 * Rooms that one decision may look into. A cluster of which every node is in a different state is scored over several decisions; until
 * then the nodes that are already known compete.
 */
const COMPUTED_PER_CHOICE_MAX = 4_000

/**
 * Takes the node and the GPU on which the task costs the least of what later tasks could have used.
 *
 * What later tasks look like is learned from those that the cluster remembers. For each node it imagines many futures of such tasks and
 * counts how much would be left over at the end, with this task and without. After Weng et al., "Beware of Fragmentation: Scheduling
 * GPU-Sharing Workloads with Fragmentation Gradient Descent" (USENIX ATC 2023); there the measure is what one typical task could not
 * use, here what a whole row of them leaves.
 */
export const fragmentationAware: PlacementStrategy = {
  name: 'fragmentation-aware',
  summary: 'Where the task leaves the most usable room for the tasks that usually come',

  choose(request, candidates, { view }) {
    const { fragments } = view.snapshot.derived
    fragments.follow(view.snapshot.workload)
    const scoreOf = fragments.scorer(view.accounts, request.resources)
    const computedMax = fragments.computed + COMPUTED_PER_CHOICE_MAX
    const best = bestOf(candidates, (index) =>
      fragments.computed < computedMax ? -scoreOf(index).score : Number.NEGATIVE_INFINITY,
    )
    const [first] = best
    if (!first) return undefined
    const { numbers } = scoreOf(first.index)
    return {
      index: first.index,
      ...(numbers.length > 0 ? { gpus: numbers } : {}),
      top: best.map((each) => ({ index: each.index, score: finite(each.score), why: costInWords(each.score) })),
      because: `${costInWords(first.score)}, the best of ${countInWords(candidates.count, 'eligible node')}`,
    }
  },
}

function finite(score: number): number {
  return Number.isFinite(score) ? score : -1e9
}

function costInWords(score: number): string {
  if (!Number.isFinite(score)) return 'not looked into this time'
  const amount = Math.abs(score / 1_000).toFixed(2)
  return score > 0 ? `fills room of ${amount} that others could not use` : `costs others room of ${amount}`
}
