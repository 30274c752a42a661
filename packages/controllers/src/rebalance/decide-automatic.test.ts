import { automaticRebalanceSchema, type Operation } from '@quarterdeck/domain'
import { at } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideAutomatic } from './decide-automatic.ts'

const HOUR_MS = 3_600_000
const NOW = at(100 * 24 * HOUR_MS + 23 * HOUR_MS)

const policy = (window: { from: string; to: string } | null = null, movesPerHour = 4) =>
  automaticRebalanceSchema.parse({ movesPerHour, window })

function rebalance(moves: number, agoMs: number, state: Operation['state'] = 'done'): Operation {
  return {
    v: 1,
    id: `op-${agoMs}` as Operation['id'],
    kind: 'rebalance',
    nodeIds: [],
    by: 'user:ana',
    reason: '',
    state,
    startedAtMs: at(NOW - agoMs),
    endedAtMs: null,
    plan: null,
    actual: Array.from({ length: moves }, (_, index) => ({
      taskId: `t-${index}` as Operation['actual'][number]['taskId'],
      fate: 'moved',
      toNodeId: null,
    })),
    progress: [],
  }
}

describe('a rebalance that nobody asked for', () => {
  it('is never made unless it was switched on', () => {
    expect(decideAutomatic(undefined, [], NOW)).toMatchObject({
      movesMax: 0,
      because: 'automatic rebalance is switched off',
    })
    expect(decideAutomatic(null, [], NOW).movesMax).toBe(0)
  })

  it('waits for one that runs', () => {
    expect(decideAutomatic(policy(), [rebalance(1, 10, 'running')], NOW).movesMax).toBe(0)
  })

  it.each([
    [{ from: '22:00', to: '05:00' }, 4],
    [{ from: '22:00', to: '23:30' }, 4],
    [{ from: '08:00', to: '18:00' }, 0],
    [{ from: '23:30', to: '05:00' }, 0],
  ])('at 23:00 within %j may make %i moves', (window, moves) => {
    expect(decideAutomatic(policy(window), [], NOW).movesMax).toBe(moves)
  })

  it('never makes more moves in an hour than its budget, those of people counted', () => {
    const past = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 * HOUR_MS })), {
      maxLength: 8,
    })
    fc.assert(
      fc.property(past, fc.integer({ min: 1, max: 50 }), (each, budget) => {
        const operations = each.map(([moves, agoMs]) => rebalance(moves, agoMs))
        const spent = each.filter(([, agoMs]) => agoMs < HOUR_MS).reduce((sum, [moves]) => sum + moves, 0)
        const { movesMax } = decideAutomatic(policy(null, budget), operations, NOW)
        expect(movesMax).toBe(Math.max(0, budget - spent))
      }),
    )
  })
})
