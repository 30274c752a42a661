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
  /**
   * How large the one change is that would make this node pass: 0..1 a wait or a click, 1..2 another amount or label, 2..3 another
   * machine; null when there is none that a person could make. Compared between nodes and filters, so it composes no text.
   */
  effort(request: Request, entry: NodeEntry, accounts: Accounts): number | null
  /** That change in words: `uncordoning web-3`. */
  remedy(request: Request, entry: NodeEntry, accounts: Accounts): string
  /**
   * The same answers as `reject` for many nodes at once, over the flat arrays: moves the indexes that pass to the front and returns how
   * many there are; tells `rejected` of the others. For a filter that looks at every node of every task.
   */
  sift?(
    request: Request,
    indexes: Int32Array,
    count: number,
    accounts: Accounts,
    rejected: (label: string, nodes: number, exampleIndex: number) => void,
  ): number
}
