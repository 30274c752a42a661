import type { NodeId, UnixMs } from '@quarterdeck/domain'

/** How far back results count, milliseconds. */
export const RESULTS_WINDOW_MS = 10_000
/** Most results that are kept for one job on one node. */
const KEPT_MAX = 200
/** A job on a node that was silent for so long is forgotten. */
const FORGET_MS = 10 * 60_000

/** How one job fared on one node of late. */
export type NodeResults = {
  /** Within the window. */
  readonly total: number
  readonly failed: number
  /** Failures in a row up to now, however old. */
  readonly inARow: number
  readonly lastAtMs: UnixMs
}

type Kept = { results: { readonly ok: boolean; readonly atMs: UnixMs }[]; inARow: number; lastAtMs: UnixMs }

/**
 * How attempts of each job ended on each node, and how often each job was tried again, counted from the changes that every controller
 * hears: a new leader has the same numbers as the one before. Bounded by the window and by forgetting.
 */
export class JobResults {
  readonly #byJob = new Map<string, Map<NodeId, Kept>>()
  readonly #retries = new Map<string, UnixMs[]>()
  readonly #firsts = new Map<string, UnixMs[]>()

  note({ job, nodeId, ok, atMs }: { job: string; nodeId: NodeId; ok: boolean; atMs: UnixMs }): void {
    const nodes = this.#byJob.get(job) ?? new Map<NodeId, Kept>()
    this.#byJob.set(job, nodes)
    const kept = nodes.get(nodeId) ?? { results: [], inARow: 0, lastAtMs: atMs }
    nodes.set(nodeId, kept)
    kept.results.push({ ok, atMs })
    if (kept.results.length > KEPT_MAX) kept.results.shift()
    kept.inARow = ok ? 0 : kept.inARow + 1
    kept.lastAtMs = atMs
  }

  /** An attempt of this job began: its first, or one more. */
  noteAttempt(job: string, isRetry: boolean, atMs: UnixMs): void {
    const counts = isRetry ? this.#retries : this.#firsts
    const times = counts.get(job) ?? []
    counts.set(job, times)
    times.push(atMs)
    dropOld(times, atMs)
  }

  /** After a trip: what came before it is answered for. */
  forgive(job: string, nodeId: NodeId): void {
    this.#byJob.get(job)?.delete(nodeId)
  }

  of(job: string, nodeId: NodeId, nowMs: UnixMs): NodeResults | null {
    const kept = this.#byJob.get(job)?.get(nodeId)
    if (!kept) return null
    const recent = kept.results.filter(({ atMs }) => atMs > nowMs - RESULTS_WINDOW_MS)
    return {
      total: recent.length,
      failed: recent.filter(({ ok }) => !ok).length,
      inARow: kept.inARow,
      lastAtMs: kept.lastAtMs,
    }
  }

  /** Every job on every node with a failure that was the last word. */
  *failing(nowMs: UnixMs): Iterable<{ readonly job: string; readonly nodeId: NodeId; readonly results: NodeResults }> {
    for (const [job, nodes] of this.#byJob) {
      for (const [nodeId, kept] of nodes) {
        if (kept.lastAtMs < nowMs - FORGET_MS) nodes.delete(nodeId)
        const results = this.of(job, nodeId, nowMs)
        if (results && results.failed + results.inARow > 0) yield { job, nodeId, results }
      }
      if (nodes.size === 0) this.#byJob.delete(job)
    }
  }

  /** First attempts and retries of a job within the window. */
  attempts(job: string, nowMs: UnixMs): { readonly firsts: number; readonly retries: number } {
    const within = (times: UnixMs[] | undefined) => {
      if (!times) return 0
      dropOld(times, nowMs)
      return times.length
    }
    return { firsts: within(this.#firsts.get(job)), retries: within(this.#retries.get(job)) }
  }
}

function dropOld(times: UnixMs[], nowMs: UnixMs): void {
  const first = times.findIndex((atMs) => atMs > nowMs - RESULTS_WINDOW_MS)
  times.splice(0, first < 0 ? times.length : first)
}
