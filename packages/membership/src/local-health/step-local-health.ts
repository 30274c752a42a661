/** What an observer measured of itself since the last sample, milliseconds. `storeRoundTripMs` null: the store did not answer. */
export type SelfSample = { readonly eventLoopLagMs: number; readonly storeRoundTripMs: number | null }

/** The observer's distrust in itself: 1 = none, 8 = every timeout eight times as long. */
export type LocalHealth = { readonly factor: number }

export const trusted: LocalHealth = { factor: 1 }

const FACTOR_MAX = 8
/** Lag or latency above this costs one step; above its fourfold, two. Below it, a step is won back. */
const SLOW_LOOP_MS = 250
const SLOW_STORE_MS = 250

/**
 * How far the observer stretches its timeouts after one more sample of itself.
 *
 * An observer that stands still sees everybody else fall silent. It therefore doubts itself first: up quickly, down one step per good
 * sample. Source: Dadgar et al., "Lifeguard: Local Health Awareness for More Accurate Failure Detection" (2018).
 */
export function stepLocalHealth(
  { factor }: LocalHealth,
  { eventLoopLagMs, storeRoundTripMs }: SelfSample,
): LocalHealth {
  const loop = steps(eventLoopLagMs, SLOW_LOOP_MS)
  const store = storeRoundTripMs === null ? 2 : steps(storeRoundTripMs, SLOW_STORE_MS)
  const worse = Math.max(loop, store)
  return { factor: Math.min(FACTOR_MAX, Math.max(1, worse > 0 ? factor + worse : factor - 1)) }
}

function steps(ms: number, slowMs: number): number {
  if (ms < slowMs) return 0
  return ms < slowMs * 4 ? 1 : 2
}
