import type { ControllerId } from '@quarterdeck/domain'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rankOf } from './rank.ts'

const ids = (count: number) => Array.from({ length: count }, (_, index) => `c${index + 1}` as ControllerId)

describe('rankOf', () => {
  it('gives each controller its own place, in whatever order they are listed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(), (count, epoch) => {
        const live = ids(count)
        const ranks = live.map((id) => rankOf(id, [...live].reverse(), epoch))
        expect(ranks.toSorted((left, right) => left - right)).toEqual(live.map((_, index) => index))
      }),
    )
  })

  it('lets every controller be first for some epoch', () => {
    const live = ids(3)
    const firsts = new Set(Array.from({ length: 40 }, (_, epoch) => live.find((id) => rankOf(id, live, epoch) === 0)))
    expect([...firsts].toSorted()).toEqual(live)
  })
})
