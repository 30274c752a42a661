import { seededRandom } from '@quarterdeck/platform'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { retryDelayMs } from './retry-delay.ts'

describe('retryDelayMs', () => {
  it.each([
    { failures: 1, ceiling: 1_000 },
    { failures: 2, ceiling: 2_000 },
    { failures: 4, ceiling: 8_000 },
    { failures: 12, ceiling: 60_000 },
  ])('waits at most $ceiling ms after failure $failures', ({ failures, ceiling }) => {
    const almostOne = { next: () => 0.999_999_9, nextInt: () => 0 }
    expect(retryDelayMs({ attemptsMax: 20, backoffBaseMs: 1_000, backoffCapMs: 60_000 }, failures, almostOne)).toBe(
      ceiling,
    )
  })

  it('is a whole number between nothing and the cap', () => {
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.nat(1_000_000),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(),
        (base, cap, failures, seed) => {
          const delay = retryDelayMs(
            { attemptsMax: 20, backoffBaseMs: base, backoffCapMs: cap },
            failures,
            seededRandom(seed),
          )
          expect(Number.isInteger(delay) && delay >= 0 && delay <= cap).toBe(true)
        },
      ),
    )
  })
})
