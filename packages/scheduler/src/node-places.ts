import type { NodeId } from '@quarterdeck/domain'
import type { NodeEntry } from './node-entry.ts'

/** Where each node stands when all are sorted by id. Built once per change of the set of nodes. */
export type NodePlaces = {
  /** Place of a node by its index; -1 for an unknown one. */
  of(index: number): number
  /** Place of the first node whose id follows `nodeId`, which need not be a node any more; beyond the last when there is none. */
  after(nodeId: NodeId): number
}

export function nodePlaces(entries: Iterable<NodeEntry>, indexCount: number): NodePlaces {
  const sorted = [...entries].sort((left, right) => (left.node.id < right.node.id ? -1 : 1))
  const byIndex = new Int32Array(indexCount).fill(-1)
  for (const [place, { index }] of sorted.entries()) byIndex[index] = place

  return {
    of: (index) => byIndex[index] ?? -1,
    after(nodeId) {
      let low = 0
      let high = sorted.length
      while (low < high) {
        const middle = (low + high) >> 1
        const entry = sorted[middle]
        if (entry && entry.node.id > nodeId) high = middle
        else low = middle + 1
      }
      return low
    },
  }
}
