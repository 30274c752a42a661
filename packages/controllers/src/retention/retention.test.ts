import type {
  ApiToken,
  Controller,
  DrainPlan,
  HandoffTicket,
  Idempotency,
  JoinToken,
  Operation,
  Task,
  UserSession,
} from '@quarterdeck/domain'
import { aNode, aSpec, aTask, at } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reapAccess } from './reap-access.ts'
import { reapIdempotency } from './reap-idempotency.ts'
import { reapNodes } from './reap-nodes.ts'
import { reapOperations } from './reap-operations.ts'
import { reapTasks } from './reap-tasks.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const now = at(100 * DAY_MS)

describe('reapTasks', () => {
  it('lets the oldest ended tasks go, each with its spec, result and decisions', () => {
    const tasks = [ended('old', 3 * HOUR_MS), ended('older', 4 * HOUR_MS), ended('new', HOUR_MS)]
    expect(reapTasks(tasks, now, { kept: 2, ageMsMax: DAY_MS })).toEqual([
      { kind: 'task', id: 'older' },
      { kind: 'task-spec', id: 'older' },
      { kind: 'task-result', id: 'older' },
      { kind: 'decision', id: 'older.1' },
      { kind: 'decision', id: 'older.2' },
    ])
  })

  it('lets a task go that is too old, however few there are', () => {
    expect(reapTasks([ended('t1', 2 * DAY_MS)], now, { kept: 100, ageMsMax: DAY_MS })).toHaveLength(5)
  })

  it('keeps a task that has just ended, however many there are', () => {
    expect(reapTasks([ended('t1', 9_000), ended('t2', 9_000)], now, { kept: 0, ageMsMax: DAY_MS })).toEqual([])
  })

  it('never takes a task that lives, and leaves nothing for a second look', () => {
    const arbitrary = fc.record({
      state: fc.constantFrom<Task['state']>('queued', 'running', 'unknown', 'succeeded', 'dead'),
      ageMs: fc.nat(2 * DAY_MS),
    })
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 20 }), fc.nat(5), (shapes, kept) => {
        const tasks = shapes.map(({ state, ageMs }, index) => ({ ...ended(`t${index}`, ageMs), state }))
        const gone = new Set(reapTasks(tasks, now, { kept, ageMsMax: DAY_MS }).map(({ id }) => id))
        const left = tasks.filter(({ id }) => !gone.has(id))
        expect(
          tasks.filter(({ id, state }) => gone.has(id) && ['queued', 'running', 'unknown'].includes(state)),
        ).toEqual([])
        expect(reapTasks(left, now, { kept, ageMsMax: DAY_MS })).toEqual([])
      }),
    )
  })
})

describe('reapIdempotency', () => {
  const key = (ageMs: number): Idempotency => ({
    v: 1,
    id: 'k1',
    taskId: aSpec('t1').id,
    specHash: 'x',
    createdAtMs: at(now - ageMs),
  })

  it('forgets a key after a day', () => {
    expect(reapIdempotency([key(DAY_MS)], () => undefined, now)).toEqual([])
    expect(reapIdempotency([key(DAY_MS + 1)], () => undefined, now)).toEqual([{ kind: 'idempotency', id: 'k1' }])
  })

  it('keeps the key of a task that still lives, however old', () => {
    expect(reapIdempotency([key(30 * DAY_MS)], () => aTask(aSpec('t1')), now)).toEqual([])
  })
})

describe('reapNodes', () => {
  it.each(['down', 'left'] as const)('forgets a node that has been %s for a day', (health) => {
    const node = aNode('n1', { health, healthSinceMs: at(now - DAY_MS) })
    expect(reapNodes({ nodes: [node], controllers: [] }, { nodeCollectAfterMs: DAY_MS }, now)).toMatchObject([
      { kind: 'node', id: 'n1' },
    ])
    expect(reapNodes({ nodes: [node], controllers: [] }, { nodeCollectAfterMs: DAY_MS + 1 }, now)).toEqual([])
  })

  it('keeps a node that is only suspect, and a controller that lives', () => {
    const node = aNode('n1', { health: 'suspect' })
    const controllers = [
      { id: 'c1', state: 'live', sinceMs: at(0) },
      { id: 'c2', state: 'down', sinceMs: at(0) },
    ] as Controller[]
    expect(reapNodes({ nodes: [node], controllers }, { nodeCollectAfterMs: DAY_MS }, now)).toEqual([
      { kind: 'controller', id: 'c2' },
    ])
  })
})

describe('reapAccess', () => {
  it('ends sessions and tickets at their time, and lists tokens for a week longer', () => {
    const expired = (id: string, agoMs: number) => ({ id, expiresAtMs: at(now - agoMs) })
    expect(
      reapAccess(
        {
          sessions: [expired('s1', 0), expired('s2', -1)] as UserSession[],
          tickets: [expired('h1', 1)] as HandoffTicket[],
          apiTokens: [expired('a1', 7 * DAY_MS), expired('a2', DAY_MS), { id: 'a3', expiresAtMs: null }] as ApiToken[],
          joinTokens: [expired('j1', 7 * DAY_MS), expired('j2', DAY_MS)] as JoinToken[],
        },
        now,
      ).map(({ id }) => id),
    ).toEqual(['s1', 'h1', 'a1', 'j1'])
  })
})

describe('reapOperations', () => {
  it('lets previews go that can no longer be confirmed, and operations that ended long ago', () => {
    const plans = [
      { id: 'p1', computedAtMs: at(now - HOUR_MS) },
      { id: 'p2', computedAtMs: now },
    ] as DrainPlan[]
    const operations = [
      { id: 'o1', endedAtMs: at(now - 31 * DAY_MS) },
      { id: 'o2', endedAtMs: now },
      { id: 'o3', endedAtMs: null },
    ] as Operation[]
    expect(reapOperations({ plans, operations }, now).map(({ id }) => id)).toEqual(['p1', 'o1'])
  })
})

function ended(id: string, ageMs: number): Task {
  return aTask(aSpec(id), { state: 'succeeded', attempt: 1, endedAtMs: at(now - ageMs) })
}
