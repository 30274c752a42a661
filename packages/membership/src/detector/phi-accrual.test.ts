import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PHI_MAX, phi } from './phi-accrual.ts'

const gaps = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 2, maxLength: 16 })

describe('phi', () => {
  it.each([
    { deviations: 0, level: 0.3 },
    { deviations: 2, level: 1.64 },
    { deviations: 4, level: 4.74 },
    { deviations: 5, level: 7.3 },
  ])('is $level when a beat is $deviations deviations late', ({ deviations, level }) => {
    expect(phi([1_000, 1_000, 1_000], 1_000 + deviations * 100, 100)).toBeCloseTo(level, 1)
  })

  it('rises with the silence, and stays between 0 and its maximum', () => {
    fc.assert(
      fc.property(gaps, fc.nat(100_000), fc.nat(100_000), (gapsMs, first, more) => {
        const sooner = phi(gapsMs, first, 50)
        const later = phi(gapsMs, first + more, 50)
        expect(later).toBeGreaterThanOrEqual(sooner)
        expect(sooner).toBeGreaterThanOrEqual(0)
        expect(later).toBeLessThanOrEqual(PHI_MAX)
      }),
    )
  })

  it('refuses to judge by fewer than two gaps', () => {
    expect(() => phi([1_000], 5_000, 100)).toThrow('phi needs 2 gaps, got 1')
  })
})
