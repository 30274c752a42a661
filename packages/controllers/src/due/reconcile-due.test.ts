import { aSpec, aTask, at } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { reconcileDue } from './reconcile-due.ts'

const task = aTask(aSpec('t1'), { state: 'delayed', notBeforeMs: at(5_000) })

describe('reconcileDue', () => {
  it('queues a delayed task when its moment has come, not before', () => {
    expect(reconcileDue([task], at(4_999))).toEqual([])
    expect(reconcileDue([task], at(5_000))).toMatchObject([{ task: { state: 'queued', notBeforeMs: null } }])
  })

  it('does nothing twice', () => {
    const settled = reconcileDue([task], at(5_000)).map((change) => change.task)
    expect(reconcileDue(settled, at(9_000))).toEqual([])
  })
})
