import type { NodeId, UnixMs } from '@quarterdeck/domain'

/** After this long without a run, what was measured counts for 1/e of itself. */
const DECAY_MS = 10_000

type Peak = { readonly runMs: number; readonly atMs: number }

/**
 * How long runs take on each node, as a peak-sensitive average: a slower run counts at once, a faster one by and by.
 *
 * Kept from the attempts that the cluster stores, so that every controller comes to the same numbers. Source: Finagle's peak EWMA.
 */
export class Latencies {
  readonly #byNode = new Map<NodeId, Peak>()

  /** An attempt ended. To be told in the order in which they ended. */
  note(nodeId: NodeId, runMs: number, endedAtMs: UnixMs): void {
    const before = this.#byNode.get(nodeId)
    if (!before || runMs >= decayed(before, endedAtMs)) {
      this.#byNode.set(nodeId, { runMs, atMs: endedAtMs })
      return
    }
    const keep = Math.exp(-Math.max(0, endedAtMs - before.atMs) / DECAY_MS)
    const average = before.runMs * keep + runMs * (1 - keep)
    this.#byNode.set(nodeId, { runMs: average, atMs: Math.max(before.atMs, endedAtMs) })
  }

  /** The shortest of all nodes, milliseconds; null when nothing has ended anywhere. */
  shortest(nowMs: UnixMs): number | null {
    let shortest: number | null = null
    for (const peak of this.#byNode.values())
      shortest = Math.min(shortest ?? Number.POSITIVE_INFINITY, decayed(peak, nowMs))
    return shortest
  }

  /** Milliseconds; null for a node on which nothing has ended. Fades, so that a node that was slow once is tried again. */
  of(nodeId: NodeId, nowMs: UnixMs): number | null {
    const peak = this.#byNode.get(nodeId)
    return peak ? decayed(peak, nowMs) : null
  }
}

function decayed({ runMs, atMs }: Peak, nowMs: number): number {
  return runMs * Math.exp(-Math.max(0, nowMs - atMs) / DECAY_MS)
}
