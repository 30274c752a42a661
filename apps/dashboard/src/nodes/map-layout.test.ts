import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellAt, layOutMap } from './map-layout.ts'

describe('the map', () => {
  it('has a square for every node, inside its width, and none over another', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 200, max: 1_400 }),
        (counts, width) => {
          const layout = layOutMap(
            counts.map((count, index) => ({ name: `z${index}`, count })),
            width,
            500,
          )
          const cells = layout.groups.flatMap((group) => group.cells)
          expect(cells.map((cell) => cell.index)).toEqual([...cells.keys()])
          expect(new Set(cells.map((cell) => `${cell.x} ${cell.y}`)).size).toBe(cells.length)
          expect(Math.max(...cells.map((cell) => cell.x + layout.cellSize))).toBeLessThanOrEqual(
            width + layout.cellSize,
          )
        },
      ),
    )
  })

  it('finds the square under the pointer', () => {
    const layout = layOutMap(
      [
        { name: 'a', count: 5 },
        { name: 'b', count: 7 },
      ],
      800,
      400,
    )
    for (const cell of layout.groups.flatMap((group) => group.cells)) {
      expect(cellAt(layout, cell.x + layout.cellSize / 2, cell.y + layout.cellSize / 2)?.index).toBe(cell.index)
    }
    expect(cellAt(layout, 5_000, 5)).toBeNull()
  })
})
