import { expect, it } from 'vitest'
import { collectHandlers } from './handlers.ts'

const work = () => 1

it.each([
  ['its export `handlers`', { handlers: { 'send-mail': work }, other: work }, ['send-mail']],
  ['its default export', { default: { resize: work } }, ['resize']],
  ['its exported functions', { resize: work, version: 3 }, ['resize']],
])('takes handlers from %s', (_, loaded, names) => {
  expect([...collectHandlers(loaded).keys()]).toEqual(names)
})

it.each([
  [{ Resize: work }, /"Resize" must be 1 to 63/],
  [{ version: 3 }, /exports no functions/],
  [null, /exports no functions/],
])('refuses %j', (loaded, because) => {
  expect(() => collectHandlers(loaded)).toThrow(because)
})
