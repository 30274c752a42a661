import { formatDuration } from '@quarterdeck/domain'
import { countInWords } from '../amounts.ts'
import { bestOf, remembered } from '../choose-best.ts'
import { weightsOf } from '../effective-weight.ts'
import type { PlacementStrategy } from '../strategy.ts'
import { tasksOn } from '../tasks-on.ts'

/** A node is never taken for faster than this, or one that ran something tiny would draw everything. */
const RUN_MS_MIN = 1

/**
 * Takes the node where the task should be done first: the recent run time there, times the tasks in flight with this one, by weight.
 *
 * The run time is a peak-sensitive average over about 10 s (Finagle's peak EWMA, Linkerd): a slow run counts at once and fades. A node
 * without a measurement counts as the fastest of the measured, so that it is tried.
 */
export const fastest: PlacementStrategy = {
  name: 'fastest',
  summary: 'Where runs have been short lately, counting what is already in flight',

  choose(_request, candidates, { view, nowMs }) {
    const { latencies } = view.snapshot
    const usual = latencies.shortest(nowMs) ?? RUN_MS_MIN
    const weightOf = weightsOf(view, nowMs)
    const expectedMs = (index: number) => {
      const measured = latencies.of(index, nowMs)
      const runMs = Math.max(RUN_MS_MIN, Number.isNaN(measured) ? usual : measured)
      return (runMs * (tasksOn(view.accounts, index) + 1)) / weightOf(index)
    }
    const best = bestOf(
      candidates,
      remembered(candidates, (index) => -expectedMs(index)),
    )
    const [first] = best
    if (!first) return undefined
    const inWords = (index: number) => {
      const runMs = latencies.of(index, nowMs)
      const measured = Number.isNaN(runMs) ? 'nothing measured' : `runs of ${formatDuration(Math.round(runMs))}`
      return `${measured}, ${tasksOn(view.accounts, index)} in flight`
    }
    return {
      index: first.index,
      top: best.map((each) => ({ ...each, why: inWords(each.index) })),
      because: `expected to be fastest of ${countInWords(candidates.count, 'eligible node')} (${inWords(first.index)})`,
    }
  },
}
