import { expect, it } from 'vitest'
import { parseTaint, parseToleration, writeTaint, writeToleration } from './placing-text.ts'
import { portVariable, writePortNeed } from './port-text.ts'
import { parsePortNeed } from './ports.ts'

it.each([
  ['gpu:no-schedule', { key: 'gpu', value: '', effect: 'no-schedule' }],
  ['image=a:1.2:prefer-not', { key: 'image', value: 'a:1.2', effect: 'prefer-not' }],
  ['gone:no-execute', { key: 'gone', value: '', effect: 'no-execute' }],
])('reads the taint %s and writes it the same', (text, taint) => {
  const read = parseTaint(text)
  expect(read).toEqual(taint)
  expect(read && writeTaint(read)).toBe(text)
})

it.each(['gpu', 'gpu:never', ':no-schedule', 'GPU:no-schedule'])('%j is no taint', (text) => {
  expect(parseTaint(text)).toBeNull()
})

it.each([
  ['gpu', { key: 'gpu' }],
  ['team=ml', { key: 'team', value: 'ml' }],
  ['team=ml,10m', { key: 'team', value: 'ml', forMs: 600_000 }],
  ['gone,0ms', { key: 'gone', forMs: 0 }],
])('reads the toleration %s and writes it the same', (text, toleration) => {
  const read = parseToleration(text)
  expect(read).toEqual(toleration)
  expect(read && writeToleration(read)).toBe(text)
})

it.each(['', 'gpu,soon', 'gpu,1m,2m', '=x'])('%j is no toleration', (text) => {
  expect(parseToleration(text)).toBeNull()
})

it.each([
  ['http', { name: 'http' }],
  ['http=8080', { name: 'http', port: 8080 }],
])('reads the port %s and writes it the same', (text, need) => {
  const read = parsePortNeed(text)
  expect(read).toEqual(need)
  expect(read && writePortNeed(read)).toBe(text)
})

it.each(['', 'HTTP', 'http=0', 'http=70000', 'http=x'])('%j is no port', (text) => {
  expect(parsePortNeed(text)).toBeNull()
})

it('names the variable of a port as a shell can read it', () => {
  expect(portVariable('http-admin')).toBe('QD_TASK_PORT_HTTP_ADMIN')
})
