import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate, parseExpression } from './expression.ts'

const scope = { input: { mode: 'dry', n: 3 }, steps: { a: { outcome: 'failed', value: { rows: [1, { x: null }] } } } }

function of(text: string): unknown {
  const parsed = parseExpression(text)
  return parsed.ok ? evaluate(parsed.value, scope) : `refused: ${parsed.error}`
}

describe('an expression', () => {
  it('compares, combines and reads what steps gave', () => {
    expect(of('steps.a.outcome == "failed" && input.n >= 3')).toBe(true)
    expect(of("!(input.mode == 'dry') || steps.a.value.rows[0] < 2")).toBe(true)
    expect(of('steps.a.value["rows"]')).toEqual([1, { x: null }])
    expect(of('-1.5')).toBe(-1.5)
  })

  it('reads null where nothing is, and never finds an order between different types', () => {
    expect(of('steps.b.value.rows == null')).toBe(true)
    expect([of('input.mode > 1'), of('"10" == 10'), of('null < 1')]).toEqual([false, false, false])
  })

  it('reaches nothing of the language it is written in', () => {
    expect(of('input.constructor')).toBeNull()
    expect(of('steps.__proto__')).toBeNull()
    expect(of('input.toString.call')).toBeNull()
    expect(of('steps.a.value.rows.length')).toBe(2)
  })

  it('is refused with a sentence when it cannot be read', () => {
    expect(of('a(1)')).toContain('refused: has "(" where it should end')
    expect(of('input. == 1')).toContain('refused: has "==" where a name is expected')
    expect(of('(1 == 1')).toBe('refused: has an opening bracket that is not closed')
    expect(of('')).toBe('refused: ends too early')
    expect(of('('.repeat(50))).toContain('nested deeper')
  })

  it('never throws, whatever the text', () => {
    const part = fc.constantFrom(
      'steps',
      '.a',
      '[0]',
      '==',
      '&&',
      '!',
      '(',
      ')',
      '"x"',
      '1',
      ' ',
      '<',
      '\\',
      "'",
      'null',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part).map((parts) => parts.join('')),
        ),
        (text) => {
          of(text)
        },
      ),
    )
  })
})
