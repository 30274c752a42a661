import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from './durations.ts'

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['0.5s', 500],
    [' 2H ', 7_200_000],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: ms })
  })

  it.each(['', '15', '-5m', '5 minutes', '1e3s', 'm', `${'9'.repeat(30)}d`])('refuses %j in words', (text) => {
    const parsed = parseDuration(text)
    expect(parsed.ok).toBe(false)
    if (!parsed.ok) expect(parsed.error).toMatch(/^(must be a duration|is too long)/)
  })

  it('reads back what formatDuration wrote, to within the units that are shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 * 86_400_000 }), (ms) => {
        const parsed = parseDuration(formatDuration(ms))
        expect(parsed.ok).toBe(true)
        if (parsed.ok) expect(Math.abs(parsed.value - ms)).toBeLessThanOrEqual(Math.max(500, ms * 0.05))
      }),
    )
  })
})
