import type { MonotonicMs, UnixMs } from '@quarterdeck/domain'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRateWindow } from './rate-window.ts'

const WINDOW_MS = 1_000
const MAX = 5

describe('a rate window', () => {
  it('never lets more than its limit through in any window, and lets go again when it says', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 }), (gapsMs) => {
        let nowMs = 0
        const clock = { monotonicMs: () => nowMs as MonotonicMs, unixMs: () => nowMs as UnixMs }
        const window = createRateWindow(clock, { max: MAX, windowMs: WINDOW_MS })
        const letThrough: number[] = []
        for (const gapMs of gapsMs) {
          nowMs += gapMs
          if (window.allows('key')) {
            window.count('key')
            letThrough.push(nowMs)
            continue
          }
          const waitMs = window.retryAfterMs('key')
          expect(waitMs).toBeGreaterThan(0)
          nowMs += waitMs
          expect(window.allows('key')).toBe(true)
        }
        for (const atMs of letThrough) {
          const within = letThrough.filter((other) => other > atMs - WINDOW_MS && other <= atMs)
          expect(within.length).toBeLessThanOrEqual(MAX)
        }
      }),
    )
  })

  it('counts each key by itself', () => {
    const clock = { monotonicMs: () => 0 as MonotonicMs, unixMs: () => 0 as UnixMs }
    const window = createRateWindow(clock, { max: 1, windowMs: WINDOW_MS })
    window.count('a')
    expect([window.allows('a'), window.allows('b')]).toEqual([false, true])
  })
})
