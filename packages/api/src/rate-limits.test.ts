import type { MonotonicMs, UnixMs } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { buckets, createRateLimits, type RateOverrides } from './rate-limits.ts'

describe('a token bucket', () => {
  it('lets a burst through, then says how long to wait', () => {
    const { rates } = onManualClock()
    for (let call = 0; call < buckets.submit.burst; call++) expect(rates.take('submit', 'user:ana')).toBe(0)
    expect(rates.take('submit', 'user:ana')).toBe(5)
  })

  it('is full again after the time it asked to wait for', () => {
    const { rates, clock } = onManualClock()
    rates.take('submit', 'user:ana', buckets.submit.burst)
    clock.nowMs += 5
    expect(rates.take('submit', 'user:ana')).toBe(0)
    expect(rates.take('submit', 'user:ana')).toBeGreaterThan(0)
  })

  it('counts each caller alone, and shared buckets together', () => {
    const { rates } = onManualClock()
    rates.take('sign-in', '10.0.0.1', buckets['sign-in'].burst)
    expect(rates.take('sign-in', '10.0.0.1')).toBeGreaterThan(0)
    expect(rates.take('sign-in', '10.0.0.2')).toBe(0)

    rates.take('join', '10.0.0.1', buckets.join.burst)
    expect(rates.take('join', '10.0.0.2')).toBeGreaterThan(0)
  })

  it('takes nothing for a call that is refused, nor for a look', () => {
    const { rates, clock } = onManualClock()
    rates.take('change', 'a', buckets.change.burst)
    const waitMs = rates.take('change', 'a')
    for (let call = 0; call < 100; call++) rates.take('change', 'a')
    expect(rates.peek('change', 'a')).toBe(waitMs)
    clock.nowMs += waitMs
    expect(rates.peek('change', 'a')).toBe(0)
    expect(rates.take('change', 'a')).toBe(0)
  })

  it('is as large as the installation says', () => {
    const { rates } = onManualClock({ submit: { perSecond: 2, burst: 3 } })
    for (let call = 0; call < 3; call++) expect(rates.take('submit', 'a')).toBe(0)
    expect(rates.take('submit', 'a')).toBe(500)
  })

  it('lets one batch that is larger than the bucket through when it is full', () => {
    const { rates } = onManualClock()
    expect(rates.take('change', 'a', buckets.change.burst * 2)).toBe(0)
    expect(rates.take('change', 'a')).toBeGreaterThan(0)
  })
})

function onManualClock(overrides: RateOverrides = {}) {
  const clock = { nowMs: 1_000 }
  const rates = createRateLimits(
    { monotonicMs: () => clock.nowMs as MonotonicMs, unixMs: () => clock.nowMs as UnixMs },
    overrides,
  )
  return { rates, clock }
}
