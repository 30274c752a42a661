import type { StrategyState, UnixMs } from '@quarterdeck/domain'
import type { Random } from '@quarterdeck/platform'
import type { PlanView } from './plan-view.ts'
import type { Request } from './request.ts'

/**
 * Picks one of the nodes that passed every filter.
 *
 * Holds no state: what must persist between decisions comes in with `view.memory`, and the choice names what to remember next.
 * To add one: a file in `strategies/`, its test, and its line in `strategies/registry.ts`.
 */
export type PlacementStrategy = {
  readonly name: string
  /** One sentence for the list that people choose from. */
  readonly summary: string
  /** Undefined when there is no candidate, or none that this strategy would name: a chain then asks the next one. */
  choose(request: Request, candidates: Candidates, context: StrategyContext): Choice | undefined
  /** Leaves those that it prefers, for the next one of a chain to choose from; without it, `choose` ends the chain. */
  narrow?(request: Request, candidates: Candidates, context: StrategyContext): Narrowed
}

/** Indexes of the preferred nodes and what they have in common: "in zone eu-1". */
export type Narrowed = { readonly indexes: readonly number[]; readonly because: string }

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
  readonly nowMs: UnixMs
}

export type Choice = {
  readonly index: number
  /** Best first, the chosen one among them. */
  readonly top: readonly ScoredCandidate[]
  /** One sentence: "least loaded of 14 eligible nodes (22 %)". */
  readonly because: string
  /** The GPUs to use there; without, the ones that fit best. */
  readonly gpus?: readonly number[]
  /** Records to store with the placement. */
  readonly remember?: readonly StrategyState[]
}

export type ScoredCandidate = { readonly index: number; readonly score: number; readonly why: string }
