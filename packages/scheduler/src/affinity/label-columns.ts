import type { ClusterSnapshot } from '../cluster-snapshot.ts'

/** One label of every node as numbers, so that a look at all nodes touches no text. */
export type LabelColumn = {
  readonly label: string
  readonly values: readonly string[]
  /** By node index: the number of its value in `values`; -1 without the label, and for an index without a node. */
  readonly of: Int32Array
}

/** Labels that are kept at a time; they are the operators' own, and few. */
const COLUMNS_KEPT_MAX = 32

/** Built when first asked for, kept until a node joins, leaves or gets another label. */
export class LabelColumns {
  readonly #columns = new Map<string, LabelColumn>()
  #version = -1

  of(snapshot: ClusterSnapshot, label: string): LabelColumn {
    if (this.#version !== snapshot.nodesVersion || this.#columns.size >= COLUMNS_KEPT_MAX) {
      this.#columns.clear()
      this.#version = snapshot.nodesVersion
    }
    const known = this.#columns.get(label)
    if (known) return known
    const column = columnOf(snapshot, label)
    this.#columns.set(label, column)
    return column
  }
}

function columnOf(snapshot: ClusterSnapshot, label: string): LabelColumn {
  const numbers = new Map<string, number>()
  const of = new Int32Array(snapshot.accounts.cpuMillisTotal.length).fill(-1)
  for (const { index, labels } of snapshot.entries()) {
    const value = labels.get(label)
    if (value === undefined) continue
    const number = numbers.get(value) ?? numbers.size
    numbers.set(value, number)
    of[index] = number
  }
  return { label, values: [...numbers.keys()], of }
}

/** The number of a node's value; -1 when it has none. */
export function groupAt({ of }: LabelColumn, index: number): number {
  return of[index] ?? -1
}
