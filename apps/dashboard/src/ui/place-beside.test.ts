import fc from 'fast-check'
import { expect, it } from 'vitest'
import { placeBeside } from './place-beside.ts'

const page = { width: 1_000, height: 600 }
const size = { width: 200, height: 100 }
const tip = { side: 'above', align: 'middle', gapPx: 6 } as const
const menu = { side: 'below', align: 'end', gapPx: 4 } as const

it('stands on the wanted side when there is room', () => {
  const anchor = { left: 400, top: 300, width: 100, height: 20 }
  expect(placeBeside(anchor, size, page, tip)).toEqual({ left: 350, top: 194 })
  expect(placeBeside(anchor, size, page, menu)).toEqual({ left: 300, top: 324 })
})

it('stands on the other side when only that has room', () => {
  expect(placeBeside({ left: 400, top: 50, width: 100, height: 20 }, size, page, tip).top).toBe(76)
  expect(placeBeside({ left: 400, top: 560, width: 100, height: 20 }, size, page, menu).top).toBe(456)
})

it('never passes the edge of the window that it fits into', () => {
  const anchors = fc.record({
    left: fc.integer({ min: -500, max: 1_500 }),
    top: fc.integer({ min: -500, max: 1_500 }),
    width: fc.integer({ min: 0, max: 300 }),
    height: fc.integer({ min: 0, max: 60 }),
  })
  fc.assert(
    fc.property(anchors, fc.constantFrom(tip, menu), (anchor, how) => {
      const { left, top } = placeBeside(anchor, size, page, how)
      expect(left).toBeGreaterThanOrEqual(8)
      expect(left + size.width).toBeLessThanOrEqual(page.width - 8)
      expect(top).toBeGreaterThanOrEqual(8)
      expect(top + size.height).toBeLessThanOrEqual(page.height - 8)
    }),
  )
})
