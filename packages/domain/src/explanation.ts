import type { DecisionEntry } from './decision.ts'

/** What one requirement of a task costs: how many nodes it rules out first, and how many it alone keeps from the task. */
export type RequirementCost = {
  readonly filter: string
  /** What it demands, in one sentence. */
  readonly summary: string
  /** Nodes counted under it: it was the first to reject them. */
  readonly removed: number
  /** Nodes that would be eligible if only this requirement were dropped. */
  readonly onlyIt: number
}

/** Why a task is, or is not, on one node. */
export type NodeVerdict = {
  readonly nodeId: string
  /**
   * `chosen`: it goes, or went, there. `eligible`: it could, and another node was better. `removed`: a rule forbids it.
   * `not-known`: a stored decision keeps counts and the best five, and this node is in neither.
   */
  readonly outcome: 'chosen' | 'eligible' | 'removed' | 'not-known'
  /** 1 = best; null when the strategy does not score nodes one by one, or the rank is not known. */
  readonly rank: number | null
  readonly score: number | null
  /** Every rule that removes it, in the order in which they are asked. */
  readonly rules: readonly { readonly filter: string; readonly because: string }[]
  /** The one change that would let the task run there; null when there is none, or nothing is in the way. */
  readonly remedy: string | null
  /** The verdict as a person reads it. */
  readonly sentence: string
}

/** By how much the winner beat the next one; null when there was no next one or the strategy does not compare scores. */
export type Margin = { readonly overNodeId: string; readonly score: number }

export type ExplainedDecision = {
  readonly entry: DecisionEntry
  readonly margin: Margin | null
  /** About the node that was asked for; null when none was. */
  readonly asked: NodeVerdict | null
}

/** A decision that is made for the question only, on the cluster as it is. Nothing is stored. */
export type ExplainedNow = ExplainedDecision & { readonly requirements: readonly RequirementCost[] }

export type TaskExplanation = {
  readonly taskId: string
  readonly name: string
  readonly state: string
  readonly nodeId: string | null
  /** What holds for it now beside its placement: retries, stops, drains that wait, timeouts. One sentence each. */
  readonly reasons: readonly string[]
  /** As stored when it was decided, newest first. */
  readonly decided: readonly ExplainedDecision[]
  /** Where it would go if it were placed at this moment; null while the view of the cluster is not complete. */
  readonly now: ExplainedNow | null
}
