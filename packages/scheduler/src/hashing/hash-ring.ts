import type { ClusterSnapshot } from '../cluster-snapshot.ts'
import { hashPair, hashText } from './hash-text.ts'

/** Points of a node of weight 1: 160, as in nginx. */
const POINTS_PER_WEIGHT = 160
/** A point is its place on the ring and the node's index in one number, which then sorts by place. */
const INDEX_SPAN = 2 ** 20

/** The points of all nodes on the ring, built again when a node joins, leaves or changes its weight. */
export class HashRing {
  #points = new Float64Array(0)
  #version = -1;

  /** Indexes of nodes from the key onwards, once around; a node comes up as often as it has points. */
  *walk(snapshot: ClusterSnapshot, key: string): Iterable<number> {
    if (this.#version !== snapshot.nodesVersion) this.#build(snapshot)
    const count = this.#points.length
    const start = this.#after(hashText(key))
    for (let step = 0; step < count; step++) yield (this.#points[(start + step) % count] ?? 0) % INDEX_SPAN
  }

  #build(snapshot: ClusterSnapshot): void {
    const points: number[] = []
    for (const { index, node, weight } of snapshot.entries()) {
      const seed = hashText(node.id)
      const count = Math.max(1, Math.round(POINTS_PER_WEIGHT * weight))
      for (let point = 0; point < count; point++) points.push(hashPair(seed, point) * INDEX_SPAN + index)
    }
    this.#points = Float64Array.from(points).sort()
    this.#version = snapshot.nodesVersion
  }

  /** Position of the first point at or after a place. */
  #after(place: number): number {
    let low = 0
    let high = this.#points.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#points[middle] ?? 0) >= place * INDEX_SPAN) high = middle
      else low = middle + 1
    }
    return low % Math.max(1, this.#points.length)
  }
}
