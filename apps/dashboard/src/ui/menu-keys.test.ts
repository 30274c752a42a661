import { expect, it } from 'vitest'
import { itemAfterKey } from './menu-keys.ts'

const texts = ['Uncordon', 'Stop drain…', 'Copy 3 names', 'Unset']

it.each([
  ['ArrowDown', -1, 0],
  ['ArrowDown', 3, 3],
  ['ArrowUp', -1, 3],
  ['ArrowUp', 0, 0],
  ['Home', 2, 0],
  ['End', 0, 3],
  ['u', -1, 0],
  ['u', 0, 3],
  ['U', 3, 0],
  ['x', 1, 1],
  ['F5', 1, 1],
])('%s from entry %i leads to %i', (key, at, to) => {
  expect(itemAfterKey(key, at, texts)).toBe(to)
})
