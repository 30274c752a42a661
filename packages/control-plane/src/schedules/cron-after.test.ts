import { describe, expect, it } from 'vitest'
import { checkTiming, cronAfter } from './cron-after.ts'

const berlin = (expression: string) => ({ kind: 'cron', expression, timeZone: 'Europe/Berlin' }) as const

function runs(expression: string, from: string, count: number): string[] {
  const found: string[] = []
  let ms: number | null = Date.parse(from)
  for (let index = 0; index < count && ms !== null; index++) {
    ms = cronAfter(berlin(expression), ms)
    if (ms !== null) found.push(new Date(ms).toISOString())
  }
  return found
}

describe('a cron expression in a time zone', () => {
  it('is about the wall clock there', () => {
    expect(runs('0 9 * * *', '2026-01-01T00:00:00Z', 1)).toEqual(['2026-01-01T08:00:00.000Z'])
    expect(runs('0 9 * * *', '2026-07-01T00:00:00Z', 1)).toEqual(['2026-07-01T07:00:00.000Z'])
  })

  it('runs once on the night when its hour is left out, right after the gap', () => {
    expect(runs('30 2 * * *', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ])
  })

  it('runs once on the night when its hour comes twice, and each hour when it names each', () => {
    expect(runs('30 2 * * *', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ])
    expect(runs('30 * * * *', '2026-10-25T00:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ])
  })

  it('takes six fields with seconds first, and never gives the moment it was asked about', () => {
    expect(runs('*/20 * * * * *', '2026-01-01T00:00:20Z', 2)).toEqual([
      '2026-01-01T00:00:40.000Z',
      '2026-01-01T00:01:00.000Z',
    ])
  })

  it.each([
    [berlin('* * *'), 'timing.expression'],
    [berlin('61 * * * *'), 'timing.expression'],
    [berlin('0 0 31 2 *'), 'timing.expression'],
    [{ ...berlin('0 0 * * *'), timeZone: 'Mars/Olympus' }, 'timing.timeZone'],
  ])('is refused when it names no moment: %j', (timing, field) => {
    const checked = checkTiming(timing, Date.parse('2026-01-01T00:00:00Z'))
    expect(checked.ok ? null : checked.error).toMatchObject({ code: 'bad_input', field })
  })
})
