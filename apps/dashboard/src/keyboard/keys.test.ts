import { expect, it } from 'vitest'
import { keyName } from './keys.ts'

const press = (key: string, more: object = {}) =>
  keyName({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more })

it.each([
  [press('c'), 'c'],
  [press('D', { shiftKey: true }), 'Shift+D'],
  [press('?', { shiftKey: true }), '?'],
  [press('*', { shiftKey: true }), '*'],
  [press('k', { metaKey: true }), 'Mod+k'],
  [press('ArrowDown', { shiftKey: true }), 'Shift+ArrowDown'],
  [press('C'), 'c'],
])('a press is called %s', (name, expected) => expect(name).toBe(expected))
