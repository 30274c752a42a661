import { describe, expect, it } from 'vitest'
import { layOut } from './flow-layout.ts'

const steps = [
  { name: 'join', after: ['left', 'right'] },
  { name: 'start', after: [] },
  { name: 'left', after: ['start'] },
  { name: 'right', after: ['start'] },
  { name: 'last', after: ['join', 'start'] },
]

describe('the drawing of a workflow', () => {
  it('puts each step behind every step before it, along the way of reading', () => {
    for (const down of [false, true]) {
      const { boxes, lines } = layOut(steps, down)
      const at = (name: string) => boxes.find((box) => box.name === name)?.[down ? 'y' : 'x'] ?? -1
      for (const { from, to } of lines) expect(at(from)).toBeLessThan(at(to))
      expect(at('left')).toBe(at('right'))
      expect(lines).toHaveLength(6)
    }
  })

  it('lays no two boxes over each other, and all of them inside', () => {
    const { boxes, width, height } = layOut(steps, false)
    expect(new Set(boxes.map(({ x, y }) => `${x},${y}`)).size).toBe(steps.length)
    for (const { x, y } of boxes) expect(x >= 0 && y >= 0 && x + 176 <= width && y + 52 <= height).toBe(true)
  })
})
