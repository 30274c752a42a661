import { describe, expect, it } from 'vitest'
import { freshness, type StreamFacts } from './freshness.ts'

const healthy: StreamFacts = {
  everConnected: true,
  isOpen: true,
  frameAgeMs: 300,
  behindMs: 20,
  attempt: 0,
  lostForMs: 0,
  catchingUp: null,
  isPaused: false,
  changesWaiting: 0,
}

describe('the freshness of a page', () => {
  it.each([
    ['live', {}],
    ['connecting', { everConnected: false, isOpen: false }],
    ['catching-up', { catchingUp: { sent: 10, total: 100 } }],
    ['delayed', { frameAgeMs: 3_400 }],
    ['delayed', { behindMs: 2_500 }],
    ['reconnecting', { isOpen: false, attempt: 3, lostForMs: 6_000 }],
    ['disconnected', { isOpen: false, attempt: 4, lostForMs: 31_000 }],
    ['disconnected', { isOpen: false, attempt: 8, lostForMs: 9_000 }],
    ['paused', { isPaused: true, isOpen: false, attempt: 9, changesWaiting: 118 }],
  ] as const)('is %s when %j', (state, facts) => {
    expect(freshness({ ...healthy, ...facts }).state).toBe(state)
  })

  it('tells the age of the older of stream and replica', () => {
    expect(freshness({ ...healthy, frameAgeMs: 100, behindMs: 4_000 })).toEqual({ state: 'delayed', ageMs: 4_000 })
  })
})
