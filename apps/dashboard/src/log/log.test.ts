import type { LogLine } from '@quarterdeck/domain/wire'
import { describe, expect, it } from 'vitest'
import { parseAnsi, stripAnsi } from './ansi.ts'
import { LogBuffer } from './log-buffer.ts'
import { findMatches, readSearch } from './search.ts'

const line = (text: string, more: Partial<LogLine> = {}) =>
  ({ stream: 'stdout', atMs: 1, text, endOffset: 0, ...more }) as LogLine

describe('a log line with escape sequences', () => {
  it('keeps colours and weight', () => {
    expect(parseAnsi('a \u001b[1;31mred\u001b[0m b')).toEqual([
      { text: 'a ', className: '' },
      { text: 'red', className: 'text-bad font-semibold' },
      { text: ' b', className: '' },
    ])
  })

  it('drops everything that could draw elsewhere', () => {
    expect(stripAnsi('\u001b[2J\u001b]0;title\u0007a\u001b[10;10Hb\rc\u0008')).toBe('abc')
  })
})

describe('the log buffer', () => {
  it('folds a run of identical lines, and still counts each', () => {
    const buffer = new LogBuffer()
    buffer.append([line('tick'), line('tick'), line('tick'), line('tock')])
    expect(buffer.lines.map(({ text, repeat }) => [text, repeat])).toEqual([
      ['tick', 3],
      ['tock', 1],
    ])
    expect(buffer.total).toBe(4)
  })

  it('drops the oldest lines at its bound and says how many', () => {
    const buffer = new LogBuffer()
    buffer.append(Array.from({ length: 60_000 }, (_, index) => line(`line ${index}`)))
    expect(buffer.lines.length).toBeLessThanOrEqual(50_000)
    expect(buffer.lines.length + buffer.dropped).toBe(60_000)
    expect(buffer.lines.at(-1)?.text).toBe('line 59999')
  })

  it('is bounded in size too', () => {
    const buffer = new LogBuffer()
    for (let index = 0; index < 40; index++) buffer.append([line(`${index}${'x'.repeat(2 ** 20)}`)])
    expect(buffer.lines.length).toBeLessThanOrEqual(16)
    expect(buffer.dropped).toBeGreaterThan(20)
  })
})

describe('search in a log', () => {
  const buffer = new LogBuffer()
  buffer.append([line('Started'), line('\u001b[31merror\u001b[0m 42'), line('error none')])

  it.each([
    ['ERROR', [1, 2]],
    ['/error \\d+/', [1]],
    ['', []],
  ])('%j finds lines %j', (text, expected) => {
    expect(findMatches(buffer.lines, readSearch(text))).toEqual(expected)
  })

  it('says what is wrong with a pattern', () => {
    expect(readSearch('/(/')?.problem).toContain('not closed')
  })
})
