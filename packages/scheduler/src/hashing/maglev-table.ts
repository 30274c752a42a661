import type { ClusterSnapshot } from '../cluster-snapshot.ts'
import { hashPair, hashText } from './hash-text.ts'

/** Places per node: the paper's 100, with which shares differ by about 1 %. */
const PLACES_PER_NODE = 100
const PLACES_MIN = 65_537

/**
 * Maglev's lookup table: each node names its places in an order of its own, and takes turns in claiming the next free one. Built again
 * when the set of nodes changes. Source: Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer" (NSDI 2016).
 */
export class MaglevTable {
  #table = new Int32Array(0)
  #version = -1;

  /** Indexes of nodes from the key's place onwards, once around. */
  *walk(snapshot: ClusterSnapshot, key: string): Iterable<number> {
    if (this.#version !== snapshot.nodesVersion) this.#build(snapshot)
    const size = this.#table.length
    if (size === 0) return
    const start = hashText(key) % size
    for (let step = 0; step < size; step++) yield this.#table[(start + step) % size] ?? 0
  }

  #build(snapshot: ClusterSnapshot): void {
    this.#version = snapshot.nodesVersion
    // By id, so that the table does not depend on the order in which the nodes joined.
    const entries = [...snapshot.entries()].sort((left, right) => (left.node.id < right.node.id ? -1 : 1))
    const size = entries.length === 0 ? 0 : primeFrom(Math.max(PLACES_MIN, PLACES_PER_NODE * tableSpan(entries.length)))
    const table = new Int32Array(size).fill(-1)
    const claims = entries.map(({ index, node, weight }) => {
      const seed = hashText(node.id)
      return { index, weight, credit: 0, next: hashPair(seed, 1) % size, skip: (hashPair(seed, 2) % (size - 1)) + 1 }
    })
    const weightMax = Math.max(...claims.map(({ weight }) => weight), 0)
    let free = size
    while (free > 0) {
      for (const claim of claims) {
        claim.credit += claim.weight / weightMax
        if (claim.credit < 1 || free === 0) continue
        claim.credit -= 1
        while (table[claim.next] !== -1) claim.next = (claim.next + claim.skip) % size
        table[claim.next] = claim.index
        free -= 1
      }
    }
    this.#table = table
  }
}

/** Grows in powers of two: a table of another size would move nearly every key, and one node more must not do that. */
function tableSpan(nodes: number): number {
  return 2 ** Math.ceil(Math.log2(nodes))
}

function primeFrom(start: number): number {
  for (let candidate = start | 1; ; candidate += 2) {
    let divisor = 3
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor += 2
    if (divisor * divisor > candidate) return candidate
  }
}
