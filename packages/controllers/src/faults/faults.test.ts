import { type Breaker, failback, type NodeId, type UnixMs } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { aSpec, aTask, at } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assign } from '../task/assign.ts'
import { type EndContext, failAttempt } from '../task/end-attempt.ts'
import { attemptsMaxOf, pauseMsOf } from './fault-rule.ts'
import { JobResults } from './job-results.ts'
import { retryHoldMs } from './retry-budget.ts'
import { ageBreaker, probeBreaker, trip, tripReason } from './step-breaker.ts'

const node = 'web-1' as NodeId
const place = { job: 'report', nodeId: node }
const context: EndContext = { nowMs: at(5_000), random: seededRandom(1) }
const bad = { code: 3, signal: null, error: null, outOfMemory: false, timedOut: null }
const end = { exit: bad, usage: null, startedAtMs: at(1_000), endedAtMs: at(4_000) }

function failed(changes: Parameters<typeof aSpec>[1], failures = 0, more: Partial<EndContext> = {}) {
  const spec = aSpec('t1', changes)
  const assigned = assign(aTask(spec, { failures, policy: spec.policy }), {
    nodeId: node,
    epoch: 1,
    nowMs: at(500),
  }).task
  return failAttempt({ ...assigned, state: 'running' }, spec, end, { ...context, ...more })
}

describe('a failed attempt', () => {
  it.each([
    ['failover', 'delayed'],
    ['failfast', 'failed'],
    ['failsafe', 'delayed'],
    ['failsilent', 'delayed'],
    ['failback', 'delayed'],
  ] as const)('with %s leaves the task %s', (strategy, state) => {
    expect(failed({ faults: { strategy, breaker: true } }).task.state).toBe(state)
  })

  it('that was the last is a dead letter, but for failsafe and with a fallback value', () => {
    const last = (faults: NonNullable<Parameters<typeof aSpec>[1]>['faults']) => failed({ faults }, 2).task
    expect(last({ strategy: 'failover', breaker: true })).toMatchObject({ state: 'dead' })
    expect(last({ strategy: 'failsafe', breaker: true })).toMatchObject({ state: 'succeeded', despite: 'ignored' })
    expect(last({ strategy: 'failover', breaker: true, fallbackValue: 7 })).toMatchObject({
      state: 'succeeded',
      despite: 'fallback',
    })
  })

  it.each([
    // Created at 0, failed at 5 s; the next attempt would begin at 5 s.
    [{ deadlineMs: 9_000 }, 3_000, 'delayed', null],
    [
      { deadlineMs: 9_000 },
      4_500,
      'dead',
      /another attempt would have 4s of its deadline left, and half the runs of t1 take 4\.5s or longer/,
    ],
    [{ deadlineMs: 9_000 }, undefined, 'delayed', null],
    [{ deadlineMs: 4_000 }, undefined, 'dead', /its deadline of 4s would be over before another attempt/],
  ] as const)('with %j of a job that usually takes %s ms leaves it %s', (deadline, usualRunMs, state, said) => {
    const change = failed(
      {
        faults: { strategy: 'failover', breaker: true, ...deadline },
        retry: { attemptsMax: 3, backoffBaseMs: 0, backoffCapMs: 0 },
      },
      0,
      usualRunMs === undefined ? {} : { usualRunMs },
    )
    expect(change.task.state).toBe(state)
    if (said) expect(change.events[0]?.text).toMatch(said)
  })

  it('of failback goes on in the background, up to ten attempts, further and further apart', () => {
    const spec = aSpec('t1', { faults: { strategy: 'failback', breaker: true } })
    expect(failed({ faults: { strategy: 'failback', breaker: true } }).task).toMatchObject({ background: true })
    expect(attemptsMaxOf(aTask(spec), spec)).toBe(failback.attemptsMax)
    const random = { next: () => 0.5, nextInt: () => 0 }
    expect([1, 2, 3, 7, 9].map((failures) => pauseMsOf(spec, failures, random))).toEqual([
      5_000, 10_000, 20_000, 300_000, 300_000,
    ])
    expect(failed({ faults: { strategy: 'failback', breaker: true } }, 9).task.state).toBe('dead')
  })

  it('of failback with a full queue is a dead letter at once, and says why', () => {
    const change = failed({ faults: { strategy: 'failback', breaker: true } }, 0, { failbackIsFull: true })
    expect(change.task.state).toBe('dead')
    expect(change.events[0]?.text).toMatch(/as many tasks as may wait/)
  })

  it('whose job has spent its retry budget waits longer, and says why', () => {
    const change = failed({}, 0, { retryHoldMs: 10_000 })
    expect(change.task.notBeforeMs).toBeGreaterThanOrEqual(15_000)
    expect(change.events[0]?.text).toMatch(/has spent its retry budget/)
  })
})

describe('the retry budget', () => {
  it.each([
    [0, 99, 0],
    [0, 100, 10_000],
    [500, 199, 0],
    [500, 200, 10_000],
  ])('after %d first attempts and %d retries within 10 s holds a retry for %d ms', (firsts, retries, holdMs) => {
    expect(retryHoldMs({ firsts, retries })).toBe(holdMs)
  })

  it('counts the last ten seconds only', () => {
    const results = new JobResults()
    results.noteAttempt('report', true, at(0))
    results.noteAttempt('report', true, at(9_000))
    expect(results.attempts('report', at(9_500))).toEqual({ firsts: 0, retries: 2 })
    expect(results.attempts('report', at(15_000))).toEqual({ firsts: 0, retries: 1 })
  })
})

describe('a breaker', () => {
  const of = (ends: readonly boolean[]) => {
    const results = new JobResults()
    for (const [index, ok] of ends.entries()) results.note({ ...place, ok, atMs: at(index) })
    const found = results.of('report', node, at(ends.length))
    if (!found) throw new Error('there are results')
    return found
  }

  it.each([
    ['five failures in a row', Array(5).fill(false), true],
    ['four of them', Array(4).fill(false), false],
    ['half of twenty', Array.from({ length: 20 }, (_, n) => n % 2 === 0), true],
    ['less than half', Array.from({ length: 20 }, (_, n) => n % 3 !== 0), false],
    ['half of fewer', Array.from({ length: 18 }, (_, n) => n % 2 === 0), false],
  ])('by %s opens: %s', (_what, ends, opens) => {
    expect(tripReason(of(ends), false) !== null).toBe(opens)
  })

  it('of failsilent opens at the first failure', () => {
    expect(tripReason(of([true, false]), true)).toMatch(/failsilent/)
    expect(tripReason(of([false, true]), true)).toBeNull()
  })

  it('stays open for 10 s, then lets a few through; three successes close it', () => {
    const open = trip(undefined, place, 'it failed', at(0))
    expect(ageBreaker(open, at(9_999))).toBe(open)
    const halfOpen = ageBreaker(open, at(10_000)) as Breaker
    expect(halfOpen.state).toBe('half-open')
    expect(probeBreaker(open, true, at(5_000))).toBe(open)
    const closed = [1, 2, 3].reduce((breaker) => probeBreaker(breaker, true, at(11_000)), halfOpen)
    expect(closed.state).toBe('closed')
    expect(ageBreaker(closed, at(12_000))).toBe(closed)
    expect(ageBreaker(closed, at(11_000 + 600_000))).toBeNull()
  })

  it('opens for twice as long at each further trip, five minutes at most', () => {
    let breaker = trip(undefined, place, 'x', at(0))
    const openMs = [breaker.untilMs - breaker.sinceMs]
    for (let n = 0; n < 7; n++) {
      const halfOpen = ageBreaker(breaker, breaker.untilMs) as Breaker
      breaker = probeBreaker(halfOpen, false, breaker.untilMs)
      openMs.push(breaker.untilMs - breaker.sinceMs)
    }
    expect(openMs.map((ms) => ms / 1_000)).toEqual([10, 20, 40, 80, 160, 300, 300, 300])
  })

  it('does nothing twice at one moment, whatever happened before', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 30 }), fc.nat(700_000), (ends, afterMs) => {
        let breaker = trip(undefined, place, 'x', at(0))
        for (const ok of ends) {
          const aged = ageBreaker(breaker, breaker.untilMs)
          if (!aged) return
          breaker = probeBreaker(aged, ok, breaker.untilMs)
        }
        const nowMs = (breaker.sinceMs + afterMs) as UnixMs
        const once = ageBreaker(breaker, nowMs)
        expect(once && ageBreaker(once, nowMs)).toBe(once)
      }),
    )
  })

  it('forgets what it answered for', () => {
    const results = new JobResults()
    for (let n = 0; n < 5; n++) results.note({ ...place, ok: false, atMs: at(n) })
    expect([...results.failing(at(10))]).toHaveLength(1)
    results.forgive('report', node)
    expect([...results.failing(at(10))]).toEqual([])
  })
})
