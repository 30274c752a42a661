import { seededRandom } from '@quarterdeck/platform'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { reconnectDelayMs } from './reconnect-delay.ts'

it('spreads the first try over what the server asked for, and at least 200 ms', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 60_000 }), (seed, spreadMs) => {
      const delayMs = reconnectDelayMs(0, spreadMs, seededRandom(seed))
      expect(delayMs).toBeGreaterThanOrEqual(0)
      expect(delayMs).toBeLessThan(Math.max(200, spreadMs))
    }),
  )
})

it('doubles its window from 0.5 to 15 seconds, and no further', () => {
  const largest = { next: () => 1, nextInt: (bound: number) => bound - 1 }
  expect([1, 2, 3, 4, 5, 6, 7, 50].map((failures) => reconnectDelayMs(failures, 0, largest))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000,
  ])
})
