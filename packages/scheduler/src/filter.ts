import type { Accounts } from './accounts.ts'
import type { NodeEntry } from './node-entry.ts'
import type { Request } from './request.ts'

/**
 * Says whether one node can take one task.
 *
 * To add one: a file in `filters/`, its test, and its line in `filters/registry.ts`.
 */
export type Filter = {
  /** Kept in decisions, shown to people. */
  readonly name: string
  /** One sentence: what it asks for. */
  readonly summary: string
  /**
   * How far the answer for this request reaches: `nothing` = every node passes; `class` = equal for all nodes of a class, so it is
   * asked once per class and may not read the node's id or its free room; `node` = asked for each node.
   */
  reach(request: Request): 'nothing' | 'class' | 'node'
  /** Null when the node fits; else a few words that are counted over the cluster: `too little memory`, `cordoned`. */
  reject(request: Request, entry: NodeEntry, accounts: Accounts): string | null
  /** The full sentence for one rejected node, with its numbers. */
  explain(request: Request, entry: NodeEntry, accounts: Accounts): string
  /** The one change that would make this node pass; null when there is none that a person could make. */
  remedy(request: Request, entry: NodeEntry, accounts: Accounts): Remedy | null
}

export type Remedy = {
  readonly text: string
  /** Compared between nodes and filters: the smallest is offered. 0..1 a wait or a click, 1..2 another amount, 2..3 another machine. */
  readonly effort: number
}
