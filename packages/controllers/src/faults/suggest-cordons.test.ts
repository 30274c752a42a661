import type { NodeId, TaskId } from '@quarterdeck/domain'
import { at } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AttemptTally, TALLY_WINDOW_MS } from './attempt-tally.ts'
import { suggestCordons } from './suggest-cordons.ts'

type Ended = { readonly job: string; readonly node: string; readonly ok?: boolean; readonly ms?: number }

function tallyOf(all: readonly Ended[]): AttemptTally {
  const tally = new AttemptTally()
  for (const [index, { job, node, ok = false, ms = 1_000 }] of all.entries())
    tally.note({
      job,
      nodeId: node as NodeId,
      taskId: `t${index}` as TaskId,
      attempt: 1,
      atMs: at(ms),
      error: ok ? null : 'exit code 3',
    })
  return tally
}

const times = (count: number, one: Ended) => Array.from({ length: count }, () => one)
const suggested = (all: readonly Ended[], nowMs = 5_000) =>
  suggestCordons(tallyOf(all), at(nowMs)).map(({ nodeId }) => nodeId)

const bad = [...times(3, { job: 'mail', node: 'n1' }), ...times(2, { job: 'report', node: 'n1' })]

describe('a cordon is suggested', () => {
  it('for a node on which five attempts of two jobs failed', () => {
    const [only, ...others] = suggestCordons(tallyOf(bad), at(5_000))
    expect(others).toEqual([])
    expect(only).toMatchObject({
      nodeId: 'n1',
      sinceMs: at(1_000),
      sentence: '5 attempts of 2 jobs failed on n1 within 10 min (mail 3 of 3, report 2 of 2)',
      jobs: [{ job: 'mail', failedHere: 3 }, { job: 'report' }],
    })
    expect(only?.failures).toHaveLength(5)
  })

  it.each<[string, readonly Ended[]]>([
    ['four failures', bad.slice(1)],
    ['one job alone, however often it fails', times(50, { job: 'mail', node: 'n1' })],
    ['jobs that fail elsewhere as well', [...bad, ...bad.map((each) => ({ ...each, node: 'n2' }))]],
    ['jobs that mostly succeed there', [...bad, ...bad, ...bad].map((each, n) => ({ ...each, ok: n % 3 > 0 }))],
  ])('not for %s', (_, all) => {
    expect(suggested(all)).toEqual([])
  })

  it('until ten minutes have passed, or the node was given a new chance', () => {
    expect(suggested(bad, TALLY_WINDOW_MS - 60_000)).toEqual(['n1'])
    expect(suggested(bad, TALLY_WINDOW_MS + 120_000)).toEqual([])
    const tally = tallyOf(bad)
    tally.forgive('n1' as NodeId)
    expect(suggestCordons(tally, at(5_000))).toEqual([])
  })
})

const ended = fc.record({
  job: fc.constantFrom('a', 'b', 'c', 'd'),
  node: fc.constantFrom('n1', 'n2', 'n3'),
  ok: fc.boolean(),
  ms: fc.integer({ min: 0, max: 4_000 }),
})

describe('whatever ended where', () => {
  it('asking twice gives the same answer, and the order of the failures does not matter', () => {
    fc.assert(
      fc.property(fc.array(ended, { maxLength: 60 }), (all) => {
        const tally = tallyOf(all)
        const first = suggestCordons(tally, at(5_000))
        expect(suggestCordons(tally, at(5_000))).toEqual(first)
        expect(suggested(all.toReversed())).toEqual(first.map(({ nodeId }) => nodeId))
      }),
    )
  })

  it('every suggestion rests on five failures of two jobs, and success clears a node', () => {
    fc.assert(
      fc.property(fc.array(ended, { maxLength: 60 }), (all) => {
        for (const { nodeId, jobs } of suggestCordons(tallyOf(all), at(5_000))) {
          const names = new Set(jobs.map(({ job }) => job))
          const failed = all.filter(({ job, node, ok }) => node === nodeId && !ok && names.has(job))
          expect(names.size).toBeGreaterThanOrEqual(2)
          expect(failed.length).toBeGreaterThanOrEqual(5)
        }
        expect(suggested(all.map((each) => ({ ...each, ok: true })))).toEqual([])
      }),
    )
  })
})
