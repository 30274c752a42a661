import type { Clock } from '@quarterdeck/platform'

/** Keys remembered at most; beyond it the oldest are forgotten, so that an attacker with many addresses cannot fill the memory. */
const KEYS_MAX = 10_000

export type RateWindow = {
  /** Whether one more is within the limit now; does not count it. */
  allows(key: string): boolean
  count(key: string): void
  /** Milliseconds until `allows` can be true again; 0 when it is. */
  retryAfterMs(key: string): number
}

/** Counts events per key in a sliding window: at most `max` in `windowMs`. */
export function createRateWindow(
  clock: Clock,
  { max, windowMs }: { readonly max: number; readonly windowMs: number },
): RateWindow {
  const timesByKey = new Map<string, number[]>()

  function recent(key: string): number[] {
    const since = clock.monotonicMs() - windowMs
    const times = (timesByKey.get(key) ?? []).filter((time) => time > since)
    if (times.length === 0) timesByKey.delete(key)
    return times
  }

  return {
    allows: (key) => recent(key).length < max,
    count(key) {
      const times = [...recent(key), clock.monotonicMs()].slice(-max)
      // Set again at the end, so that the map's order is the order of last use.
      timesByKey.delete(key)
      timesByKey.set(key, times)
      if (timesByKey.size > KEYS_MAX) {
        for (const oldest of timesByKey.keys()) {
          timesByKey.delete(oldest)
          break
        }
      }
    },
    retryAfterMs(key) {
      const times = recent(key)
      const first = times[0]
      if (times.length < max || first === undefined) return 0
      return Math.max(1, Math.ceil(first + windowMs - clock.monotonicMs()))
    },
  }
}
