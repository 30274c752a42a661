import type { Filter } from './filter.ts'
import { filters } from './filters/registry.ts'
import type { NodeClass } from './node-classes.ts'
import { entryAt, type PlanView } from './plan-view.ts'
import { classShapeOf, type Request, shapeOf } from './request.ts'
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

type Kept = {
  readonly indexes: Int32Array
  count: number
  readonly tallies: FilterTally[]
  readonly labels: Map<string, number>
  /** What a strategy keeps by node index; made when it first asks. */
  memo: Float64Array | null
  /** How many of the plan's placements these candidates already know of. */
  placementsSeen: number
}

/** The classes that pass every class filter, and the count of those that do not. */
type ClassScreening = {
  readonly passing: readonly NodeClass[]
  readonly tallies: readonly FilterTally[]
  readonly labels: ReadonlyMap<string, number>
}

/** Shapes that are kept at a time: each takes four bytes per node. A plan with more of them screens again. */
const SHAPES_KEPT_MAX = 64

/**
 * Runs the filters for the tasks of one plan. A node is counted under the first filter that rejects it, so the counts sum to the nodes.
 *
 * While a plan is made, nodes only fill up. So what was found for one task holds for the next of the same shape, except on the nodes
 * that were placed on since: only those are asked again, and a thousand equal tasks cost little more than one.
 */
export class Screener {
  readonly #view: PlanView
  readonly #byClassShape = new Map<string, ClassScreening>()
  readonly #byShape = new Map<string, Kept>()
  readonly #placedOn: number[] = []

  constructor(view: PlanView) {
    this.#view = view
  }

  screen(request: Request, shape = shapeOf(request)): Screening {
    const known = this.#byShape.get(shape)
    const kept = known ?? this.#screenAll(request)
    if (known) this.#askAgain(known, request)
    else this.#remember(shape, kept)
    const candidates = { count: kept.count, at: (position: number) => kept.indexes[position] ?? -1 }
    return {
      considered: this.#view.snapshot.nodeCount,
      // Keeping pays from the second equal task on; a plan of one, the fast path of a submit, is spared it.
      candidates: known ? { ...candidates, memo: () => this.#memoOf(kept) } : candidates,
      tallies: kept.tallies,
      labels: kept.labels,
    }
  }

  /** A task of this plan took room on a node. */
  placed(index: number): void {
    this.#placedOn.push(index)
  }

  #memoOf(kept: Kept): Float64Array {
    kept.memo ??= new Float64Array(this.#view.accounts.cpuMillisTotal.length).fill(Number.NaN)
    return kept.memo
  }

  #remember(shape: string, kept: Kept): void {
    const [oldest] = this.#byShape.keys()
    if (this.#byShape.size >= SHAPES_KEPT_MAX && oldest !== undefined) this.#byShape.delete(oldest)
    this.#byShape.set(shape, kept)
  }

  #screenAll(request: Request): Kept {
    const { passing, tallies, labels } = this.#screenClasses(request)
    const indexes = new Int32Array(passing.reduce((sum, { members }) => sum + members.length, 0))
    let count = 0
    for (const { members } of passing) {
      for (const index of members) indexes[count++] = index
    }
    const kept: Kept = {
      indexes,
      count,
      tallies: tallies.filter(({ filter }) => filter.reach(request) !== 'nothing').map((tally) => ({ ...tally })),
      labels: new Map(labels),
      memo: null,
      placementsSeen: this.#placedOn.length,
    }
    for (const tally of kept.tallies) {
      if (tally.filter.reach(request) === 'node') this.#siftNodes(kept, tally, request)
    }
    return kept
  }

  #screenClasses(request: Request): ClassScreening {
    const shape = classShapeOf(request)
    const known = this.#byClassShape.get(shape)
    if (known) return known

    const { snapshot, accounts } = this.#view
    const tallies = filters.map((filter): FilterTally => ({ filter, removed: 0, exampleIndex: null }))
    const asked = tallies.filter(({ filter }) => filter.reach(request) === 'class')
    const labels = new Map<string, number>()
    const passing: NodeClass[] = []
    for (const nodeClass of snapshot.classes.all()) {
      const { sample, members } = nodeClass
      const rejecting = asked.find(({ filter }) => filter.reject(request, sample, accounts) !== null)
      if (!rejecting) passing.push(nodeClass)
      else count(rejecting, labels, rejecting.filter.reject(request, sample, accounts), members.length, sample.index)
    }
    const screened = { passing, tallies, labels }
    this.#byClassShape.set(shape, screened)
    return screened
  }

  #siftNodes(kept: Kept, tally: FilterTally, request: Request): void {
    const { accounts } = this.#view
    const { filter } = tally
    if (filter.sift) {
      const rejected = (label: string, nodes: number, exampleIndex: number) =>
        count(tally, kept.labels, label, nodes, exampleIndex)
      kept.count = filter.sift(request, kept.indexes, kept.count, accounts, rejected)
      return
    }
    let passed = 0
    for (let position = 0; position < kept.count; position++) {
      const index = kept.indexes[position] ?? 0
      const label = filter.reject(request, entryAt(this.#view, index), accounts)
      if (label === null) kept.indexes[passed++] = index
      else count(tally, kept.labels, label, 1, index)
    }
    kept.count = passed
  }

  /** Takes out the nodes that filled up since these candidates were found. */
  #askAgain(kept: Kept, request: Request): void {
    const changed = new Set(this.#placedOn.slice(kept.placementsSeen))
    kept.placementsSeen = this.#placedOn.length
    for (const index of changed) {
      if (kept.memo) kept.memo[index] = Number.NaN
      const rejecting = kept.tallies.find(({ filter }) => this.#label(filter, request, index) !== null)
      const position = rejecting ? kept.indexes.subarray(0, kept.count).indexOf(index) : -1
      if (!rejecting || position < 0) continue
      count(rejecting, kept.labels, this.#label(rejecting.filter, request, index), 1, index)
      kept.count--
      kept.indexes[position] = kept.indexes[kept.count] ?? 0
    }
  }

  #label(filter: Filter, request: Request, index: number): string | null {
    if (filter.reach(request) === 'nothing') return null
    return filter.reject(request, entryAt(this.#view, index), this.#view.accounts)
  }
}

export function candidatesOf(indexes: readonly number[]): Candidates {
  return { count: indexes.length, at: (position) => indexes[position] ?? -1 }
}

function count(
  tally: FilterTally,
  labels: Map<string, number>,
  label: string | null,
  nodes: number,
  index: number,
): void {
  tally.removed += nodes
  tally.exampleIndex ??= index
  if (label !== null) labels.set(label, (labels.get(label) ?? 0) + nodes)
}
