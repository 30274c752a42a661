import type { TaskId, TaskResult } from '@quarterdeck/domain'
import { expect, it } from 'vitest'
import { createRecentResults } from './recent-results.ts'

const id = 't1' as TaskId
const result: TaskResult = { v: 1, id, attempt: 2, value: 7, logTail: [], logBytesTotal: 0 }

it('gives the result of just the attempt that was asked for', () => {
  const recent = createRecentResults()
  recent.note(result, JSON.stringify(result))
  expect(recent.get(id, 2)).toEqual(result)
  expect(recent.get(id, 3)).toBeNull()
})

it('forgets what was not written, and never keeps what is large', () => {
  const recent = createRecentResults()
  recent.note(result, JSON.stringify(result))
  recent.forget(id)
  expect(recent.get(id, 2)).toBeNull()
  recent.note(result, 'x'.repeat(10_000))
  expect(recent.get(id, 2)).toBeNull()
})

it('keeps the latest thousand', () => {
  const recent = createRecentResults()
  for (let count = 0; count < 1_001; count++) recent.note({ ...result, id: `t${count}` as TaskId }, '')
  expect(recent.get('t0' as TaskId, 2)).toBeNull()
  expect(recent.get('t1000' as TaskId, 2)).not.toBeNull()
})
