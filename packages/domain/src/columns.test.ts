import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packColumns, unpackColumns } from './columns.ts'

/** What arrives: the same as what JSON makes of the value. */
const sent = <Row extends object>(rows: readonly Row[]): Row[] =>
  unpackColumns(JSON.parse(JSON.stringify(packColumns(rows))) as ReturnType<typeof packColumns<Row>>)

const leaf = fc.oneof(fc.string(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean())
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'toString'), tie('any'), { maxKeys: 3 }),
  ),
})).any

describe('columns', () => {
  it('give back every row as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.constantFrom('id', 'state', 'facts', 'drain'), value)), (rows) => {
        expect(sent(rows)).toEqual(JSON.parse(JSON.stringify(rows)))
      }),
    )
  })

  it('tell what is the same once, and what repeats by its index', () => {
    const rows = Array.from({ length: 6 }, (_, index) => ({
      id: `n${index}`,
      zone: `z${index % 2}`,
      drain: index === 3 ? { mode: 'now' } : null,
      facts: { os: 'linux', pid: index },
      labels: [],
    }))
    expect(packColumns(rows)).toEqual({
      count: 6,
      column: [
        'o',
        {
          id: [['v', ['n0', 'n1', 'n2', 'n3', 'n4', 'n5']]],
          zone: [['d', ['z0', 'z1'], [0, 1, 0, 1, 0, 1]]],
          drain: [['n', [0, 1, 2, 4, 5], ['o', { mode: [['c', 'now']] }]]],
          facts: [['o', { os: [['c', 'linux']], pid: [['v', [0, 1, 2, 3, 4, 5]]] }]],
          labels: [['a', ['c', 0], ['v', []]]],
        },
      ],
    })
  })

  it('do not share what one row changes afterwards with another', () => {
    const [first, second] = sent([{ tags: [1] }, { tags: [1] }])
    first?.tags.push(2)
    expect(second).toEqual({ tags: [1] })
  })
})
