import type { NodeId } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { aSpec, aTask, at } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { taskReasons } from '../explain/task-reasons.ts'
import { assign } from '../task/assign.ts'
import { failAttempt } from '../task/end-attempt.ts'
import { RunTimes } from './run-times.ts'

const bad = { code: 3, signal: null, error: null, outOfMemory: false, timedOut: null }

function failed(deadlineMs: number, nowMs: number, usualRunMs?: number) {
  const spec = aSpec('t1', {
    retry: { attemptsMax: 3, backoffBaseMs: 0, backoffCapMs: 0 },
    faults: { strategy: 'failover', breaker: true, deadlineMs },
  })
  const waits = aTask(spec, { createdAtMs: at(0) })
  const { task } = assign(waits, { nodeId: 'web-1' as NodeId, epoch: 1, nowMs: at(1) })
  const change = failAttempt(
    { ...task, state: 'running' },
    spec,
    { exit: bad, usage: null, startedAtMs: at(1), endedAtMs: at(nowMs) },
    { nowMs: at(nowMs), random: seededRandom(1), ...(usualRunMs === undefined ? {} : { usualRunMs }) },
  )
  return { ...change, spec }
}

describe('a retry before a deadline', () => {
  it('begins exactly while half of the runs of its job would be done in time', () => {
    const ms = fc.integer({ min: 1, max: 100_000 })
    fc.assert(
      fc.property(ms, ms, fc.option(ms, { nil: undefined }), (deadlineMs, nowMs, usualRunMs) => {
        const { task } = failed(deadlineMs, nowMs, usualRunMs)
        const leftMs = deadlineMs - nowMs
        const isWorthIt = leftMs > 0 && leftMs >= (usualRunMs ?? 0)
        expect(task.state).toBe(isWorthIt ? 'delayed' : 'dead')
        expect(task.noRetry === undefined).toBe(isWorthIt)
      }),
    )
  })

  it('that does not begin is explained by the task, with what was left and what its job takes', () => {
    const { task, spec } = failed(10_000, 8_000, 5_000)
    const world = { nodeOf: () => undefined, operations: [], nowMs: at(9_000) }
    expect(taskReasons(task, spec, world)).toContainEqual(
      expect.stringMatching(/^It was not tried again: .* 2s of its deadline left, and half the runs of t1 take 5s or/),
    )
  })
})

describe('the run times of a job', () => {
  it('have a median of the newest two hundred, and none of another job', () => {
    const times = new RunTimes()
    for (let n = 0; n < 500; n++) times.note('report', 1)
    for (let n = 0; n < 200; n++) times.note('report', n)
    expect(times.usualMs('report')).toBe(99)
    expect(times.usualMs('other')).toBeUndefined()
  })
})
