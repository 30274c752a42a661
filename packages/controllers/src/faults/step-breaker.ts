import { type Breaker, breakerId, type NodeId, type UnixMs } from '@quarterdeck/domain'
import type { NodeResults } from './job-results.ts'

/** Enough results to go by a share of them… */
const RESULTS_MIN = 20
/** …and the share of failures that opens. */
const FAILED_SHARE = 0.5
/** A job that runs rarely is judged by failures in a row. */
const IN_A_ROW = 5
const OPEN_MS = 10_000
const OPEN_MS_MAX = 5 * 60_000
/** Successes that close a half-open breaker, and the most attempts that it lets through at once. */
export const BREAKER_PROBES = 3
/** How long a closed one is remembered, so that its next trip lasts longer. */
const REMEMBERED_MS = 10 * 60_000

type Place = { readonly job: string; readonly nodeId: NodeId }

/** Why the breaker of a job on a node should open; null while it should not. `failsilent` opens at the first failure. */
export function tripReason(results: NodeResults, isFailsilent: boolean): string | null {
  const { total, failed, inARow } = results
  if (isFailsilent && inARow >= 1) return 'it failed there, and its strategy is failsilent'
  if (inARow >= IN_A_ROW) return `${inARow} attempts in a row failed there`
  if (total >= RESULTS_MIN && failed >= FAILED_SHARE * total)
    return `${failed} of ${total} attempts failed there within 10 s`
  return null
}

/** Opens: 10 s at first, twice as long at each further trip, at most 5 min. Source of the numbers: Hystrix; the doubling stops flapping. */
export function trip(known: Breaker | undefined, { job, nodeId }: Place, because: string, nowMs: UnixMs): Breaker {
  const trips = (known?.trips ?? 0) + 1
  const openMs = Math.min(OPEN_MS_MAX, OPEN_MS * 2 ** Math.min(trips - 1, 10))
  return {
    v: 1,
    id: breakerId(job, nodeId),
    job,
    nodeId,
    state: 'open',
    sinceMs: nowMs,
    untilMs: (nowMs + openMs) as UnixMs,
    trips,
    probes: 0,
    because,
  }
}

/**
 * The breaker as time alone changes it: `open` becomes `half-open`, a `closed` one is forgotten (null). The same object when nothing
 * is due.
 */
export function ageBreaker(breaker: Breaker, nowMs: UnixMs): Breaker | null {
  if (breaker.state === 'open' && nowMs >= breaker.untilMs)
    return { ...breaker, state: 'half-open', sinceMs: nowMs, probes: 0 }
  if (breaker.state === 'closed' && nowMs >= breaker.sinceMs + REMEMBERED_MS) return null
  return breaker
}

/** What the end of an attempt means for a half-open breaker: work decides, not beats. The same object when it means nothing. */
export function probeBreaker(breaker: Breaker, ok: boolean, nowMs: UnixMs): Breaker {
  if (breaker.state !== 'half-open') return breaker
  if (!ok) return trip(breaker, breaker, 'an attempt that was let through failed again', nowMs)
  const probes = breaker.probes + 1
  if (probes < BREAKER_PROBES) return { ...breaker, probes }
  return { ...breaker, state: 'closed', sinceMs: nowMs, probes, because: `${probes} attempts in a row succeeded there` }
}
