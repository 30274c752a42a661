import type { Timings } from '@quarterdeck/domain'

/** A change smaller than this is not told: the agents' own jitter is as large. */
const TELL_FROM_SHARE = 0.1

/** Interval at which `agents` agents send one controller at most `beatsPerSecondMax` beats. */
export function beatIntervalFor(
  agents: number,
  timings: Pick<Timings, 'beatIntervalMs' | 'beatsPerSecondMax'>,
): number {
  return Math.max(timings.beatIntervalMs, Math.ceil((agents / timings.beatsPerSecondMax) * 1_000))
}

/** The detector's timings when agents beat less often than `beatIntervalMs`: a node is late by its own rhythm. */
export function stretchedTimings(timings: Timings, intervalMs: number): Timings {
  const factor = intervalMs / timings.beatIntervalMs
  if (factor <= 1) return timings
  return {
    ...timings,
    beatIntervalMs: intervalMs,
    suspectAfterMs: Math.round(timings.suspectAfterMs * factor),
    downAfterMs: Math.round(timings.downAfterMs * factor),
    brakeWindowMs: Math.round(timings.brakeWindowMs * factor),
  }
}

/** Whether agents that were told `toldMs` should hear of the interval that is right now. */
export function isWorthTelling(toldMs: number, nowMs: number): boolean {
  return Math.abs(nowMs - toldMs) > toldMs * TELL_FROM_SHARE
}

/** Over how long the agents of a controller that goes away spread their return. */
export function reconnectSpreadMs(agents: number, timings: Pick<Timings, 'reconnectSpreadPerSecond'>): number {
  return Math.max(200, Math.ceil((agents / timings.reconnectSpreadPerSecond) * 1_000))
}
