import { countInWords } from '../amounts.ts'
import { bestOf } from '../choose-best.ts'
import type { PlanView } from '../plan-view.ts'
import type { PlacementStrategy } from '../strategy.ts'

/**
 * Rooms that one decision, and one plan, may look into, and what a decision has left when its plan has spent all. A cluster of which
 * every node is in a different state is scored over several decisions; until then the nodes that are already known compete, and when
 * none is, the first that fits is taken. So a thousand shapes that nobody has seen cost a second and not six.
 */
const COMPUTED_PER_CHOICE_MAX = 4_000
const COMPUTED_PER_PLAN_MAX = 8_000
const COMPUTED_PER_CHOICE_MIN = 4

const computedByPlan = new WeakMap<PlanView, { rooms: number }>()

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
    const spent = computedByPlan.get(view) ?? { rooms: 0 }
    computedByPlan.set(view, spent)
    const before = fragments.computed
    const left = Math.min(COMPUTED_PER_CHOICE_MAX, COMPUTED_PER_PLAN_MAX - spent.rooms)
    const computedMax = before + Math.max(COMPUTED_PER_CHOICE_MIN, left)
    const best = bestOf(candidates, (index) =>
      fragments.computed < computedMax ? -scoreOf(index) : Number.NEGATIVE_INFINITY,
    )
    spent.rooms += fragments.computed - before
    const [first] = best
    if (!first) return undefined
    const numbers = fragments.devicesFor(view.accounts, first.index, request.resources)
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
