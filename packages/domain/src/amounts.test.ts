import { describe, expect, it } from 'vitest'
import { formatBytes, formatCpu, parseBytes, parseCpu } from './amounts.ts'

describe('amounts', () => {
  it.each([
    ['64MiB', 67_108_864],
    ['64M', 67_108_864],
    ['1.5 GiB', 1_610_612_736],
    ['500MB', 500_000_000],
    ['4096', 4_096],
  ])('reads %s as bytes', (text, bytes) => {
    expect(parseBytes(text)).toEqual({ ok: true, value: bytes })
  })

  it.each(['', '-1', '64 monkeys', 'MiB', '1e9', '9'.repeat(40)])('refuses %j as bytes', (text) => {
    expect(parseBytes(text).ok).toBe(false)
  })

  it.each([
    ['500m', 500],
    ['0.5', 500],
    ['2', 2_000],
  ])('reads %s as CPU', (text, millis) => {
    expect(parseCpu(text)).toEqual({ ok: true, value: millis })
  })

  it.each(['', '-100m', '5 cores', 'm'])('refuses %j as CPU', (text) => {
    expect(parseCpu(text).ok).toBe(false)
  })

  it('writes amounts for people', () => {
    expect([formatBytes(0), formatBytes(67_108_864), formatBytes(1_610_612_736)]).toEqual(['0 B', '64 MiB', '1.5 GiB'])
    expect([formatCpu(1_500), formatCpu(250)]).toEqual(['1.5', '0.25'])
  })
})
