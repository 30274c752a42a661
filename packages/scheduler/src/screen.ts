import type { Filter } from './filter.ts'
import { filters } from './filters/registry.ts'
import type { NodeClass } from './node-classes.ts'
import { entryAt, type PlanView } from './plan-view.ts'
import { classShapeOf, type Request } from './request.ts'
import type { Candidates } from './strategy.ts'

/** What all filters together left of the cluster for one task. */
export type Screening = {
  readonly considered: number
  readonly candidates: Candidates
  /** One per filter that was asked, in order. */
  readonly tallies: readonly FilterTally[]
  /** How many nodes were rejected for which few words. */
  readonly labels: ReadonlyMap<string, number>
}

export type FilterTally = { readonly filter: Filter; removed: number; exampleIndex: number | null }

/** The classes that pass every class filter, and the count of those that do not: kept for one plan, shared by equal tasks. */
type ClassScreening = {
  readonly passing: readonly NodeClass[]
  readonly tallies: readonly FilterTally[]
  readonly labels: ReadonlyMap<string, number>
}

export type ScreenMemo = Map<string, ClassScreening>

/**
 * Runs every filter over the cluster for one task. A node is counted under the first filter that rejects it, so that the counts sum
 * to the nodes. `memo` belongs to one plan: nothing that a class filter reads changes while a plan is made.
 */
export function screen(view: PlanView, request: Request, memo: ScreenMemo): Screening {
  const key = classShapeOf(request)
  const byClass = memo.get(key) ?? screenClasses(view, request)
  memo.set(key, byClass)

  const tallies = byClass.tallies.map((tally) => ({ ...tally }))
  const labels = new Map(byClass.labels)
  const asked = tallies.filter(({ filter }) => filter.reach(request) === 'node')
  const indexes: number[] = []

  for (const { members } of byClass.passing) {
    for (const index of members) {
      if (!rejectedByNode(view, request, index, asked, labels)) indexes.push(index)
    }
  }
  return {
    considered: view.snapshot.nodeCount,
    candidates: candidatesOf(indexes),
    tallies: tallies.filter(({ filter }) => filter.reach(request) !== 'nothing'),
    labels,
  }
}

export function candidatesOf(indexes: readonly number[]): Candidates {
  return { count: indexes.length, at: (position) => indexes[position] ?? -1 }
}

function screenClasses(view: PlanView, request: Request): ClassScreening {
  const tallies = filters.map((filter): FilterTally => ({ filter, removed: 0, exampleIndex: null }))
  const asked = tallies.filter(({ filter }) => filter.reach(request) === 'class')
  const labels = new Map<string, number>()
  const passing: NodeClass[] = []

  for (const nodeClass of view.snapshot.classes.all()) {
    let rejected = false
    for (const tally of asked) {
      const label = tally.filter.reject(request, nodeClass.sample, view.accounts)
      if (label === null) continue
      count(tally, labels, label, nodeClass.members.length, nodeClass.sample.index)
      rejected = true
      break
    }
    if (!rejected) passing.push(nodeClass)
  }
  return { passing, tallies, labels }
}

function rejectedByNode(
  view: PlanView,
  request: Request,
  index: number,
  asked: readonly FilterTally[],
  labels: Map<string, number>,
): boolean {
  const entry = entryAt(view, index)
  for (const tally of asked) {
    const label = tally.filter.reject(request, entry, view.accounts)
    if (label === null) continue
    count(tally, labels, label, 1, index)
    return true
  }
  return false
}

function count(tally: FilterTally, labels: Map<string, number>, label: string, nodes: number, index: number): void {
  tally.removed += nodes
  tally.exampleIndex ??= index
  labels.set(label, (labels.get(label) ?? 0) + nodes)
}
