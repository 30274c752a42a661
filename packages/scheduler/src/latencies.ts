import type { NodeId, UnixMs } from '@quarterdeck/domain'

/** After this long without a run, what was measured counts for 1/e of itself. */
const DECAY_MS = 10_000

/**
 * How long runs take on each node, as a peak-sensitive average: a slower run counts at once, a faster one by and by.
 *
 * Kept from the attempts that the cluster stores, so that every controller comes to the same numbers. In flat arrays by node index,
 * because a strategy asks for every node. Source: Finagle's peak EWMA.
 */
export class Latencies {
  readonly #indexOf: (nodeId: NodeId) => number
  /** NaN: nothing has ended there. */
  #runMs = new Float64Array(0)
  #atMs = new Float64Array(0)

  constructor(indexOf: (nodeId: NodeId) => number) {
    this.#indexOf = indexOf
  }

  /** An attempt ended. To be told in the order in which they ended. */
  note(nodeId: NodeId, runMs: number, endedAtMs: UnixMs): void {
    const index = this.#indexOf(nodeId)
    if (index >= this.#runMs.length) this.#grow(2 * index + 16)
    const before = this.#runMs[index] ?? Number.NaN
    const beforeAtMs = this.#atMs[index] ?? 0
    if (Number.isNaN(before) || runMs >= decayed(before, beforeAtMs, endedAtMs)) {
      this.#runMs[index] = runMs
      this.#atMs[index] = endedAtMs
      return
    }
    const keep = Math.exp(-Math.max(0, endedAtMs - beforeAtMs) / DECAY_MS)
    this.#runMs[index] = before * keep + runMs * (1 - keep)
    this.#atMs[index] = Math.max(beforeAtMs, endedAtMs)
  }

  /** The shortest of all nodes, milliseconds; null when nothing has ended anywhere. */
  shortest(nowMs: UnixMs): number | null {
    let shortest = Number.POSITIVE_INFINITY
    for (let index = 0; index < this.#runMs.length; index++) {
      const runMs = this.of(index, nowMs)
      // False for NaN.
      if (runMs < shortest) shortest = runMs
    }
    return Number.isFinite(shortest) ? shortest : null
  }

  /** Milliseconds by node index; NaN where nothing has ended. Fades, so that a node that was slow once is tried again. */
  of(index: number, nowMs: UnixMs): number {
    return decayed(this.#runMs[index] ?? Number.NaN, this.#atMs[index] ?? 0, nowMs)
  }

  #grow(length: number): void {
    const runMs = new Float64Array(length).fill(Number.NaN)
    const atMs = new Float64Array(length)
    runMs.set(this.#runMs)
    atMs.set(this.#atMs)
    this.#runMs = runMs
    this.#atMs = atMs
  }
}

function decayed(runMs: number, atMs: number, nowMs: number): number {
  return runMs * Math.exp(-Math.max(0, nowMs - atMs) / DECAY_MS)
}
