import type { NodeEntry } from './node-entry.ts'

/** Nodes that differ in name and free room only. */
export type NodeClass = {
  readonly key: string
  /** Indexes of its nodes, in no order. */
  readonly members: number[]
  /** Any of its nodes: answers for all of them. */
  sample: NodeEntry
}

/** Groups nodes by class, so that a filter on labels or health is asked once per class and not once per node. */
export class NodeClasses {
  readonly #byKey = new Map<string, NodeClass>()
  /** Where each node stands in its class's `members`. */
  readonly #positions: number[] = []

  all(): Iterable<NodeClass> {
    return this.#byKey.values()
  }

  add(entry: NodeEntry): void {
    const known = this.#byKey.get(entry.classKey)
    const nodeClass = known ?? { key: entry.classKey, members: [], sample: entry }
    if (!known) this.#byKey.set(entry.classKey, nodeClass)
    nodeClass.sample = entry
    this.#positions[entry.index] = nodeClass.members.push(entry.index) - 1
  }

  /** Takes a node out. `entryOf` finds another sample when the one that goes was it. */
  remove(entry: NodeEntry, entryOf: (index: number) => NodeEntry | undefined): void {
    const nodeClass = this.#byKey.get(entry.classKey)
    const position = this.#positions[entry.index]
    if (!nodeClass || position === undefined) return

    // The last member takes the free place, so that removing costs the same in a class of any size.
    const last = nodeClass.members.pop()
    if (last !== undefined && last !== entry.index) {
      nodeClass.members[position] = last
      this.#positions[last] = position
    }
    if (nodeClass.members.length === 0) {
      this.#byKey.delete(entry.classKey)
      return
    }
    const other = nodeClass.members[0]
    const sample = other === undefined ? undefined : entryOf(other)
    if (sample) nodeClass.sample = sample
  }
}
