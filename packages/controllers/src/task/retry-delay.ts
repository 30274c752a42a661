import type { Retry } from '@quarterdeck/domain'
import type { Random } from '@quarterdeck/platform'

/**
 * How long a task waits before its next attempt: full jitter, so that tasks that failed together do not come back together.
 *
 * Source: Brooker, "Exponential Backoff and Jitter" (AWS, 2015): `random(0, min(cap, base * 2^n))`.
 *
 * @param failures how many attempts have failed by themselves, >= 1
 * @returns milliseconds, whole, 0 .. backoffCapMs
 */
export function retryDelayMs({ backoffBaseMs, backoffCapMs }: Retry, failures: number, random: Random): number {
  const ceilingMs = Math.min(backoffCapMs, backoffBaseMs * 2 ** Math.max(0, failures - 1))
  return Math.floor(random.next() * (ceilingMs + 1))
}
