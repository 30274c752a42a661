import { countInWords, shareInWords } from '../amounts.ts'
import { where } from '../each-candidate.ts'
import { loadWith } from '../node-load.ts'
import { entryAt, type PlanView } from '../plan-view.ts'
import type { Request } from '../request.ts'
import { candidatesOf } from '../screen.ts'
import type { Candidates, PlacementStrategy } from '../strategy.ts'
import { leastLoaded } from './least-loaded.ts'

/** A zone whose every node would be fuller than this with the task spills over into its region, and that into the rest. */
const SPILL_OVER_SHARE = 0.8

/**
 * The zone that the task names first (`near`), then its region, then any: each only while a node there has room to spare. Among them the
 * least loaded, or whatever comes next in a chain. A task that names no place goes anywhere.
 */
export const locality: PlacementStrategy = {
  name: 'locality',
  summary: 'Near: the zone asked for, then its region, then anywhere, spilling over at 80 % load',

  narrow(request, candidates, { view }) {
    const { indexes, because } = nearest(request, candidates, view)
    return { indexes: indexes ?? where(candidates, () => true), because }
  },

  choose(request, candidates, context) {
    const { indexes, because } = nearest(request, candidates, context.view)
    const choice = leastLoaded.choose(request, indexes ? candidatesOf(indexes) : candidates, context)
    return choice && { ...choice, because: `${because}; ${choice.because}` }
  },
}

/** `indexes` null: all of them. */
type Nearest = { readonly indexes: readonly number[] | null; readonly because: string }

function nearest(request: Request, candidates: Candidates, view: PlanView): Nearest {
  const near = request.spec.near ?? {}
  const rings = [
    { what: `zone ${near.zone}`, holds: (index: number) => entryAt(view, index).node.zone === near.zone },
    { what: `region ${near.region}`, holds: (index: number) => entryAt(view, index).node.region === near.region },
  ]
  const wanted = [near.zone, near.region]
  for (const [at, { what, holds }] of rings.entries()) {
    if (wanted[at] === undefined) continue
    const inside = where(candidates, holds)
    const spare = inside.filter((index) => loadWith(view.accounts, index, request) <= SPILL_OVER_SHARE)
    if (spare.length > 0) return { indexes: spare, because: `in ${what}` }
  }
  const because = wanted.every((place) => place === undefined)
    ? `no place asked for, so any of ${countInWords(candidates.count, 'node')}`
    : `spilled over: nothing near stays under ${shareInWords(SPILL_OVER_SHARE)}`
  return { indexes: null, because }
}
