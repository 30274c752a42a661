import { limits } from '@quarterdeck/domain'
import { countInWords } from '../amounts.ts'
import { satisfies } from '../filters/constraints.ts'
import type { PlanView } from '../plan-view.ts'
import type { Request } from '../request.ts'
import type { Candidates } from '../strategy.ts'
import { excessAt } from './evenness.ts'
import { groupAt } from './label-columns.ts'
import { keeps } from './ties.ts'

/** Adds to, or takes from, the sum of a node by its index. */
type Wish = (index: number) => number

export type Preferred = {
  /** Indexes of the nodes that meet the task's wishes best. */
  readonly indexes: readonly number[]
  readonly because: string
}

/**
 * The nodes with the greatest sum of fulfilled wishes, for the strategy to choose from; null when the task wishes for nothing, or every
 * node meets its wishes alike. A wish never keeps a task waiting.
 */
export function preferred(view: PlanView, request: Request, candidates: Candidates): Preferred | null {
  const wishes = wishesOf(view, request)
  if (wishes.length === 0) return null
  let best = Number.NEGATIVE_INFINITY
  let worst = Number.POSITIVE_INFINITY
  let indexes: number[] = []
  for (let position = 0; position < candidates.count; position++) {
    const index = candidates.at(position)
    let sum = 0
    for (const wish of wishes) sum += wish(index)
    worst = Math.min(worst, sum)
    if (sum > best) {
      best = sum
      indexes = []
    }
    if (sum === best) indexes.push(index)
  }
  if (worst === best) return null
  const of = countInWords(candidates.count, 'eligible node')
  return {
    indexes,
    because: `${indexes.length} of ${of} meet${indexes.length === 1 ? 's' : ''} its wishes best (${best})`,
  }
}

function wishesOf({ snapshot }: PlanView, { spec, ties, evenness }: Request): Wish[] {
  const ofLabels = (spec.affinities ?? []).map(({ weight, ...need }): Wish => {
    const column = snapshot.derived.columns.of(snapshot, need.label)
    const met = Uint8Array.from(column.values, (value) => Number(satisfies(new Map([[need.label, value]]), need)))
    const metWithout = Number(satisfies(new Map(), need))
    return (index) => {
      const group = groupAt(column, index)
      return weight * (group < 0 ? metWithout : (met[group] ?? 0))
    }
  })
  const ofTies = ties.flatMap((tie): Wish[] => {
    const { weight, how, column, counts } = tie
    if (weight === null) return []
    if (how === 'with') return [(index) => (keeps(tie, index) ? weight : 0)]
    return [(index) => -weight * Math.min(counts[groupAt(column, index)] ?? 0, COUNTED_MAX)]
  })
  const ofEvenness = evenness.flatMap((each): Wish[] => {
    const { weight } = each
    if (weight === null) return []
    return [(index) => -weight * Math.min(excessAt(each, index) ?? COUNTED_MAX, COUNTED_MAX)]
  })
  return [...ofLabels, ...ofTies, ...ofEvenness]
}

/** Beyond so many tasks more of them make a place no worse. */
const COUNTED_MAX = limits.replicasMax
