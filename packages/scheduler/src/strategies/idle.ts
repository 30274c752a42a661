import { countInWords } from '../amounts.ts'
import { firstOf, where } from '../each-candidate.ts'
import type { PlanView } from '../plan-view.ts'
import { candidatesOf } from '../screen.ts'
import type { Candidates, PlacementStrategy } from '../strategy.ts'
import { tasksOn } from '../tasks-on.ts'
import { leastTasks } from './least-tasks.ts'

/** The first node that runs nothing, by name; when all are busy, the one with the fewest tasks. Known elsewhere as busy-over. */
export const idle: PlacementStrategy = {
  name: 'idle',
  summary: 'The first node that runs nothing, else the one with the fewest tasks',

  narrow(_request, candidates, { view }) {
    const free = idleOnes(candidates, view)
    if (free.length > 0) return { indexes: free, because: `${countInWords(free.length, 'idle node')}` }
    return { indexes: where(candidates, () => true), because: 'no node is idle' }
  },

  choose(request, candidates, context) {
    const places = context.view.snapshot.places()
    const free = idleOnes(candidates, context.view)
    const index = firstOf(candidatesOf(free), (left, right) => places.of(left) - places.of(right))
    if (index < 0) {
      const choice = leastTasks.choose(request, candidates, context)
      return choice && { ...choice, because: `no node is idle; ${choice.because}` }
    }
    return {
      index,
      top: [{ index, score: 0, why: 'runs nothing' }],
      because: `first of ${countInWords(free.length, 'idle node')}`,
    }
  },
}

function idleOnes(candidates: Candidates, view: PlanView): number[] {
  return where(candidates, (index) => tasksOn(view.accounts, index) === 0)
}
