import { limits } from '@quarterdeck/domain'
import type { Clock } from '@quarterdeck/platform'

/** Token buckets by name. `per`: whose calls are counted together. */
export const buckets = {
  submit: { perSecond: limits.submitsPerSecond, burst: limits.submitsBurst, per: 'caller' },
  change: { perSecond: 50, burst: 200, per: 'caller' },
  read: { perSecond: 100, burst: 500, per: 'caller' },
  'sign-in': {
    perSecond: limits.signInsPerMinutePerAddress / 60,
    burst: limits.signInsPerMinutePerAddress,
    per: 'caller',
  },
  join: { perSecond: limits.joinsPerMinute / 60, burst: limits.joinsPerMinute, per: 'controller' },
  'join-failure': {
    perSecond: limits.joinFailuresPerMinutePerAddress / 60,
    burst: limits.joinFailuresPerMinutePerAddress,
    per: 'caller',
  },
  /** Registrations of agents: a whole fleet comes back at once after an outage. */
  handshake: { perSecond: 500, burst: 1_000, per: 'controller' },
} as const satisfies Record<string, { perSecond: number; burst: number; per: 'caller' | 'controller' }>

export type Bucket = keyof typeof buckets
type Rate = { readonly perSecond: number; readonly burst: number }
/** What an installation sets differently from the defaults. */
export type RateOverrides = Partial<Record<Bucket, Rate>>

export type RateLimits = {
  /** Takes `cost` calls out of the bucket. Returns 0 when they were there, else how long to wait, milliseconds, and takes none. */
  take(bucket: Bucket, caller: string, cost?: number): number
  /** How long until one call is there, milliseconds; takes none. */
  peek(bucket: Bucket, caller: string): number
}

/** Callers that are remembered; beyond it the ones seen longest ago are forgotten, as if their buckets were full. */
const CALLERS_MAX = 20_000

export function createRateLimits(clock: Clock, overrides: RateOverrides = {}): RateLimits {
  const rateOf = (bucket: Bucket): Rate => overrides[bucket] ?? buckets[bucket]
  const levels = new Map<string, { tokens: number; atMs: number }>()

  function fill(bucket: Bucket, caller: string) {
    const { perSecond, burst } = rateOf(bucket)
    const key = buckets[bucket].per === 'controller' ? bucket : `${bucket} ${caller}`
    const nowMs = clock.monotonicMs()
    const before = levels.get(key)
    const tokens = before ? Math.min(burst, before.tokens + ((nowMs - before.atMs) / 1_000) * perSecond) : burst
    const level = { tokens, atMs: nowMs }
    // Deleted first, so that the map stays in the order of use.
    levels.delete(key)
    levels.set(key, level)
    if (levels.size > CALLERS_MAX) forgetOldest()
    return level
  }

  function forgetOldest() {
    for (const key of levels.keys()) {
      levels.delete(key)
      return
    }
  }

  return {
    take(bucket, caller, cost = 1) {
      const level = fill(bucket, caller)
      const waitMs = waitFor(rateOf(bucket), level.tokens, cost)
      if (waitMs === 0) level.tokens -= cost
      return waitMs
    },
    peek: (bucket, caller) => waitFor(rateOf(bucket), fill(bucket, caller).tokens, 1),
  }
}

function waitFor({ perSecond, burst }: Rate, tokens: number, cost: number): number {
  // More than the bucket can ever hold is let through when it is full, so that one large batch is not refused for ever.
  const needed = Math.min(cost, burst)
  return tokens >= needed ? 0 : Math.ceil(((needed - tokens) / perSecond) * 1_000)
}
