import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countMoves, decideOrder } from './order.ts'

const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'))

describe('countMoves', () => {
  it.each([
    ['abc', 'abc', 0],
    ['abc', 'cab', 1],
    ['abc', 'cba', 2],
    ['abc', 'abcd', 1],
    ['abc', 'bc', 1],
    ['ab', 'xaby', 2],
  ])('%s to %s takes %i', (from, to, moves) => {
    expect(countMoves([...from], [...to])).toBe(moves)
  })

  it('is 0 exactly when nothing differs', () => {
    fc.assert(
      fc.property(ids, ids, (from, to) => {
        expect(countMoves(from, to) === 0).toBe(from.join() === to.join())
      }),
    )
  })
})

describe('decideOrder', () => {
  const all = () => true

  it('follows what is wanted while nobody works in the list', () => {
    expect(decideOrder({ shown: ['a', 'b'], wanted: ['b', 'a'], isFrozen: false, exists: all })).toEqual({
      shown: ['b', 'a'],
      moves: 0,
    })
  })

  it('keeps every row in its place while frozen, and says how many would move', () => {
    expect(decideOrder({ shown: ['a', 'b', 'c'], wanted: ['c', 'a', 'd'], isFrozen: true, exists: all })).toEqual({
      shown: ['a', 'b', 'c'],
      moves: 3,
    })
  })

  it('lets a row go whose object is gone', () => {
    expect(decideOrder({ shown: ['a', 'b'], wanted: ['a'], isFrozen: true, exists: (id) => id !== 'b' })).toEqual({
      shown: ['a'],
      moves: 0,
    })
  })
})
