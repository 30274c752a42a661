import type { NodeId } from '@quarterdeck/domain'
import type { Random } from '@quarterdeck/platform'
import type { PlanView } from './plan-view.ts'
import type { Request } from './request.ts'

/**
 * Picks one of the nodes that passed every filter.
 *
 * Holds no state: what must persist between decisions (round-robin's cursor) comes in and the choice names its next value.
 * To add one: a file in `strategies/`, its test, and its line in `strategies/registry.ts`.
 */
export type PlacementStrategy = {
  readonly name: string
  /** One sentence for the list that people choose from. */
  readonly summary: string
  /** Undefined only when there is no candidate. */
  choose(request: Request, candidates: Candidates, context: StrategyContext): Choice | undefined
}

/** Indexes of the nodes that passed, in no order. */
export type Candidates = {
  readonly count: number
  /** 0 <= position < count */
  at(position: number): number
  /**
   * Numbers by node index that a strategy keeps for the next equal task of the same plan; NaN where nothing is known, or no longer,
   * because a task was placed on that node since. Undefined when nothing is kept.
   */
  memo?(): Float64Array
}

export type StrategyContext = {
  readonly random: Random
  readonly view: PlanView
  /** The node that round-robin served last. */
  readonly cursor: NodeId | null
}

export type Choice = {
  readonly index: number
  /** Best first, the chosen one among them. */
  readonly top: readonly ScoredCandidate[]
  /** One sentence: "least loaded of 14 eligible nodes (22 %)". */
  readonly because: string
  /** Present when round-robin moved on. */
  readonly cursor?: NodeId
}

export type ScoredCandidate = { readonly index: number; readonly score: number; readonly why: string }
