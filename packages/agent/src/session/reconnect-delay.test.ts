import { seededRandom } from '@quarterdeck/platform'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dialPatienceMs, reconnectDelayMs } from './reconnect-delay.ts'

it('spreads the first try over what the server asked for, and at least 200 ms', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 60_000 }), (seed, spreadMs) => {
      const delayMs = reconnectDelayMs(0, spreadMs, seededRandom(seed))
      expect(delayMs).toBeGreaterThanOrEqual(0)
      expect(delayMs).toBeLessThan(Math.max(200, spreadMs))
    }),
  )
})

const largest = { next: () => 1, nextInt: (bound: number) => bound - 1 }
const windows = (spreadMs: number) =>
  [1, 2, 3, 4, 5, 6, 7, 50].map((failures) => reconnectDelayMs(failures, spreadMs, largest))

it('doubles its window from 0.5 to 15 seconds, and no further', () => {
  expect(windows(Number.POSITIVE_INFINITY)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
})

it('stays at 3 seconds in a small cluster, so that its pause does not look like death', () => {
  expect(windows(200)).toEqual([500, 1_000, 2_000, 3_000, 3_000, 3_000, 3_000, 3_000])
})

const patience = (spreadMs: number | null) => [0, 1, 2, 3, 50].map((rounds) => dialPatienceMs(rounds, spreadMs))

it('soon tries another controller in a small cluster when one that stands still does not answer', () => {
  expect(patience(200)).toEqual([2_000, 4_000, 8_000, 10_000, 10_000])
})

it('gives a controller that thousands of agents return to, or the first one ever, its time', () => {
  expect(patience(8_000)).toEqual([8_000, 10_000, 10_000, 10_000, 10_000])
  expect(patience(null)).toEqual([10_000, 10_000, 10_000, 10_000, 10_000])
})
