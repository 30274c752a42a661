import { describe, expect, it } from 'vitest'
import { formatGpu, gpuNeedSchema, parseGpu, writeGpu } from './gpu.ts'
import { strategyChoiceSchema } from './task-spec.ts'

describe('a need of GPUs', () => {
  it.each([
    ['2', { count: 2, shareMillis: 1_000, models: [] }],
    ['0.3', { count: 1, shareMillis: 300, models: [] }],
    ['1:A100|T4', { count: 1, shareMillis: 1_000, models: ['A100', 'T4'] }],
  ])('is read from %s and written the same', (text, need) => {
    const read = parseGpu(text)
    expect(read).toEqual({ ok: true, value: need })
    expect(writeGpu(need)).toBe(text)
  })

  it.each(['', '0', '1.5', 'two', '1:', '65'])('is not read from "%s"', (text) => {
    expect(parseGpu(text).ok).toBe(false)
  })

  it('is a share of one GPU only', () => {
    expect(gpuNeedSchema.safeParse({ count: 2, shareMillis: 500 }).success).toBe(false)
  })

  it('is told in words', () => {
    expect(formatGpu({ count: 1, shareMillis: 300, models: ['T4'] })).toBe('0.3 of a GPU (T4)')
  })
})

describe('a choice of strategies', () => {
  it('is a name, a chain as text, or a chain as a list', () => {
    expect(strategyChoiceSchema.parse('least-loaded')).toBe('least-loaded')
    expect(strategyChoiceSchema.parse('locality>idle')).toBe('locality > idle')
    expect(strategyChoiceSchema.parse(['locality', 'idle'])).toBe('locality > idle')
    expect(strategyChoiceSchema.safeParse('locality > ').success).toBe(false)
    expect(strategyChoiceSchema.safeParse('a > b > c > d > e > f').success).toBe(false)
  })
})
