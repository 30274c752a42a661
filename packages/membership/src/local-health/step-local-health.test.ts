import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stepLocalHealth, trusted } from './step-local-health.ts'

const good = { eventLoopLagMs: 5, storeRoundTripMs: 2 }

describe('stepLocalHealth', () => {
  it.each([
    { sample: good, factor: 1, what: 'trusts itself on a calm machine' },
    { sample: { ...good, eventLoopLagMs: 300 }, factor: 2, what: 'doubts itself when its loop lags' },
    { sample: { ...good, eventLoopLagMs: 2_000 }, factor: 3, what: 'doubts itself twice as much when it stood still' },
    { sample: { ...good, storeRoundTripMs: 400 }, factor: 2, what: 'doubts itself when the store is slow' },
    { sample: { ...good, storeRoundTripMs: null }, factor: 3, what: 'doubts itself when the store does not answer' },
  ])('$what', ({ sample, factor }) => {
    expect(stepLocalHealth(trusted, sample).factor).toBe(factor)
  })

  it('wins its trust back one step per good sample', () => {
    expect(stepLocalHealth({ factor: 5 }, good).factor).toBe(4)
    expect(stepLocalHealth({ factor: 1 }, good).factor).toBe(1)
  })

  it('stays between 1 and 8', () => {
    const sample = fc.record({ eventLoopLagMs: fc.nat(60_000), storeRoundTripMs: fc.option(fc.nat(60_000)) })
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 30 }), (samples) => {
        const { factor } = samples.reduce(stepLocalHealth, trusted)
        expect(factor).toBeGreaterThanOrEqual(1)
        expect(factor).toBeLessThanOrEqual(8)
      }),
    )
  })
})
