import { expect, it } from 'vitest'
import { readJobCall, writeJobCall } from './job-call.ts'

it.each([
  ['backup', {}],
  ['  backup level=3   on=true ', { level: '3', on: 'true' }],
  ['backup target="/var/my data" level=3', { target: '/var/my data', level: '3' }],
  ['backup empty=""', { empty: '' }],
])('reads %s, and reads again what it writes', (text, values) => {
  const read = readJobCall(text)
  expect(read).toEqual({ ok: true, value: { id: 'backup', values } })
  expect(readJobCall(read.ok ? writeJobCall(read.value) : '')).toEqual(read)
})

it.each(['', 'Not A Job', 'backup level', 'backup level=3 and more', 'backup x="open'])(
  'says what is wrong with %j',
  (text) => {
    expect(readJobCall(text)).toMatchObject({
      ok: false,
      error: expect.stringContaining('write a job and its parameters'),
    })
  },
)
