import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeText } from './safe-text.ts'

describe('safeText', () => {
  it.each([
    ['plain ünïcode ✓\ttab', 'plain ünïcode ✓\ttab'],
    ['\u001b[31mred\u001b[0m', '\u001b[31mred\u001b[0m'],
    ['\u001b[2J\u001b[Hgone', 'gone'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]52;c;c2VjcmV0\u001b\\after', 'after'],
    ['\u001b]0;never ends', ''],
    ['\u009b31mred', '\u009b31mred'],
    ['a\u0008b\rc\u0000d', 'abcd'],
    ['\u001b[31;1;?25hx', 'x'],
  ])('makes %j harmless', (text, safe) => {
    expect(safeText(text)).toBe(safe)
  })

  it('leaves nothing that a terminal obeys, but colours', () => {
    const unit = fc.constantFrom('\u001b', '[', ']', 'm', '3', ';', 'H', '\u0007', '\u009b', 'x', '\r', '\u0090')
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
        const left = safeText(text).replaceAll(/(?:\u001b\[|\u009b)[0-9;:]*m/g, '')
        expect(left).toMatch(/^[[\]m3;Hx]*$/)
      }),
    )
  })
})
