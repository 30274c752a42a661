import type { ClusterSnapshot } from '../cluster-snapshot.ts'
import type { NodeEntry } from '../node-entry.ts'
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

  /** Which of these nodes comes first from the key onwards: what a walk would find at last, when few of many are wanted. */
  nearest(snapshot: ClusterSnapshot, key: string, indexes: readonly number[]): number | undefined {
    const place = hashText(key)
    let nearest: number | undefined
    let least = Number.POSITIVE_INFINITY
    for (const index of indexes) {
      const entry = snapshot.entry(index)
      if (!entry) continue
      for (const point of pointsOf(entry)) {
        // Once around the ring; a tie goes to the lower index, as in the sorted points.
        const distance = ((point - place) >>> 0) * INDEX_SPAN + index
        if (distance < least) {
          least = distance
          nearest = index
        }
      }
    }
    return nearest
  }

  #build(snapshot: ClusterSnapshot): void {
    const points: number[] = []
    for (const entry of snapshot.entries()) {
      for (const point of pointsOf(entry)) points.push(point * INDEX_SPAN + entry.index)
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

/** Where a node stands on the ring. */
function* pointsOf({ nameHash, weight }: NodeEntry): Iterable<number> {
  const count = Math.max(1, Math.round(POINTS_PER_WEIGHT * weight))
  for (let point = 0; point < count; point++) yield hashPair(nameHash, point)
}
