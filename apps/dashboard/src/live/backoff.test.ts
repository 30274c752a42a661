import { expect, it } from 'vitest'
import { reconnectDelayMs } from './backoff.ts'

it('waits longer each time, up to 8 seconds, with up to half taken off', () => {
  expect([1, 2, 3, 4, 5, 9].map((attempt) => reconnectDelayMs(attempt, () => 0))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 8_000,
  ])
  expect(reconnectDelayMs(5, () => 0.999)).toBeGreaterThanOrEqual(4_000)
})
