import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatBytes, formatShare, parseBytes, plural } from './amount.ts'
import { commandLine } from './command.ts'
import { formatAge, formatDuration, parseDuration, writeDuration } from './duration.ts'

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [40, '40 ms'],
    [1_240, '1.2 s'],
    [41_000, '41 s'],
    [250_000, '4 m 10 s'],
    [11_520_000, '3 h 12 m'],
    [172_800_000, '2 d'],
  ])('%i ms reads %s', (ms, text) => expect(formatDuration(ms)).toBe(text))

  it('shows ages in whole seconds', () => {
    expect([formatAge(400), formatAge(3_400), formatAge(-5)]).toEqual(['0 s', '3 s', '0 s'])
  })

  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['15 min', 900_000],
    ['1h30m', 5_400_000],
    ['', null],
    ['soon', null],
    ['15', null],
    ['1h30', null],
  ])('%j is read as %s', (text, ms) => expect(parseDuration(text)).toBe(ms))

  it('reads back whatever it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 9 }), (ms) => {
        expect(parseDuration(writeDuration(ms))).toBe(ms)
      }),
    )
  })
})

describe('amounts', () => {
  it('are short and keep their unit', () => {
    expect([
      formatBytes(0),
      formatBytes(1_536),
      formatBytes(512 * 2 ** 20),
      formatShare(0.004),
      formatShare(0.996),
      plural(1, 'node'),
      plural(10_000, 'node'),
    ]).toEqual(['0 B', '1.5 KiB', '512 MiB', '<1%', '100%', '1 node', '10,000 nodes'])
  })

  it.each([
    ['64 MiB', 64 * 2 ** 20],
    ['512M', 512 * 2 ** 20],
    ['1.5g', 1.5 * 2 ** 30],
    ['100', 100],
    ['much', null],
  ])('%j is read as %s', (text, bytes) => expect(parseBytes(text)).toBe(bytes))
})

it('quotes a command so that a shell gives it back', () => {
  expect(commandLine(['node', 'drain', 'web-1', '--reason', "it's old"])).toBe(
    `qd node drain web-1 --reason 'it'\\''s old'`,
  )
})
