import { describe, expect, it } from 'vitest'
import { withGaps } from './gaps.ts'

describe('withGaps', () => {
  it('leaves samples that follow each other alone', () => {
    expect(withGaps({ atMs: [1_000, 2_000], values: [[1, 2]] }, 2_500)).toEqual({
      atMs: [1_000, 2_000],
      values: [[1, 2]],
    })
  })

  it('puts an empty stretch into a silence, so that no line crosses it', () => {
    const { atMs, values } = withGaps({ atMs: [1_000, 20_000], values: [[1, 2]] }, 20_500)
    expect(atMs).toEqual([1_000, 1_001, 19_999, 20_000])
    expect(values).toEqual([[1, null, null, 2]])
  })

  it('ends in an empty stretch when the last sample is old', () => {
    expect(withGaps({ atMs: [1_000], values: [[1]] }, 30_000)).toEqual({
      atMs: [1_000, 1_001, 30_000],
      values: [[1, null, null]],
    })
  })

  it('has nothing to show where nothing was measured', () => {
    expect(withGaps({ atMs: [], values: [[]] }, 1_000)).toEqual({ atMs: [], values: [[]] })
  })
})
