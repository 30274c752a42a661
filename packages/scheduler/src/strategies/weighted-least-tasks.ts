import { countInWords } from '../amounts.ts'
import { bestOf } from '../choose-best.ts'
import { weightsOf } from '../effective-weight.ts'
import type { PlacementStrategy } from '../strategy.ts'
import { tasksOn } from '../tasks-on.ts'

/** Takes the node with the fewest tasks for its weight, this one counted: weight 2 gets twice as many as weight 1. */
export const weightedLeastTasks: PlacementStrategy = {
  name: 'weighted-least-tasks',
  summary: 'The node with the fewest tasks for its weight',

  choose(_request, candidates, { view, nowMs }) {
    const weightOf = weightsOf(view, nowMs)
    const best = bestOf(candidates, (index) => -(tasksOn(view.accounts, index) + 1) / weightOf(index))
    const [first] = best
    if (!first) return undefined
    const inWords = (index: number) =>
      `${countInWords(tasksOn(view.accounts, index), 'task')} at weight ${weightOf(index)}`
    return {
      index: first.index,
      top: best.map((each) => ({ ...each, why: inWords(each.index) })),
      because: `fewest tasks for its weight of ${countInWords(candidates.count, 'eligible node')} (${inWords(first.index)})`,
    }
  },
}
