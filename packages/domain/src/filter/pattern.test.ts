import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePattern } from './pattern.ts'

function test(pattern: string, text: string): boolean {
  const compiled = compilePattern(pattern)
  if (!compiled.ok) throw new Error(compiled.error)
  return compiled.value.test(text)
}

describe('compilePattern', () => {
  it.each([
    ['web-\\d+', 'eu-web-12', true],
    ['^web-\\d+$', 'eu-web-12', false],
    ['^(web|db)-[0-3]$', 'db-2', true],
    ['^(web|db)-[0-3]$', 'db-7', false],
    ['[^a-z]', 'abc', false],
    ['a.c', 'ABC', true],
    ['', 'anything', true],
    ['colou?r', 'color', true],
    ['^$', '', true],
  ])('%s against %s is %s', (pattern, text, expected) => {
    expect(test(pattern, text)).toBe(expected)
  })

  it.each([['(a'], ['a)'], ['[a'], ['*a'], ['a\\'], ['[z-a]']])('refuses %s with a sentence', (pattern) => {
    const compiled = compilePattern(pattern)
    expect(compiled.ok).toBe(false)
  })

  it('agrees with the regular expressions of JavaScript on what both can say', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab)', '\\d')
    const piece = fc.tuple(atom, fc.constantFrom('', '*', '+', '?')).map(([text, sign]) => text + sign)
    const pattern = fc
      .tuple(fc.constantFrom('', '^'), fc.array(piece, { minLength: 1, maxLength: 5 }), fc.constantFrom('', '$'))
      .map(([start, pieces, end]) => start + pieces.join('') + end)
    const text = fc.array(fc.constantFrom('a', 'b', 'c', '1'), { maxLength: 8 }).map((chars) => chars.join(''))
    fc.assert(
      fc.property(pattern, text, (source, sample) => {
        expect(test(source, sample)).toBe(new RegExp(source, 'i').test(sample))
      }),
    )
  })

  it('answers a pattern that takes exponential time elsewhere', () => {
    expect(test('(a+)+$', `${'a'.repeat(5_000)}b`)).toBe(false)
  })
})
