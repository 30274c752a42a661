import { countInWords } from '../amounts.ts'
import { bestOf } from '../choose-best.ts'
import { warmthsOf } from '../effective-weight.ts'
import type { PlacementStrategy } from '../strategy.ts'
import { tasksOn } from '../tasks-on.ts'

/** Takes the node that holds the fewest tasks, whatever their size; one that warms up counts as fuller. Known elsewhere as least connections or least active. */
export const leastTasks: PlacementStrategy = {
  name: 'least-tasks',
  summary: 'The node with the fewest tasks on it',

  choose(_request, candidates, { view, nowMs }) {
    const warmthOf = warmthsOf(view, nowMs)
    const best = bestOf(candidates, (index) => -(tasksOn(view.accounts, index) + 1) / warmthOf(index))
    const [first] = best
    if (!first) return undefined
    return {
      index: first.index,
      top: best.map((each) => ({ ...each, why: countInWords(tasksOn(view.accounts, each.index), 'task') })),
      because: `fewest tasks (${tasksOn(view.accounts, first.index)}) of ${countInWords(candidates.count, 'eligible node')}`,
    }
  },
}
