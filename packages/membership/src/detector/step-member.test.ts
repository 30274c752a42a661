import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  type ControllerId,
  defaultTimings,
  type Incarnation,
  type MonotonicMs,
  type NodeHealth,
  type SessionId,
  type UnixMs,
} from '@quarterdeck/domain'
import { aNode, type Directive, replayTranscript } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { downAtMs } from './deadlines.ts'
import { type MemberContext, type MemberEvent, type MemberState, memberFrom } from './member-state.ts'
import { stepMember } from './step-member.ts'

const folder = new URL('../../testdata/member/', import.meta.url)

describe('stepMember', () => {
  it.each(readdirSync(folder))('tells the story of %s', async (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8')
    await expect(replayTranscript(text, storyteller())).toMatchFileSnapshot(fileURLToPath(new URL(file, folder)))
  })

  it('never declares a node down before its time, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(arbitraryMoment, { maxLength: 60 }), (moments) => {
        let state = memberFrom(aNode('n1', { health: 'joining' }), 0 as MonotonicMs)
        let nowMs = 0
        for (const { afterMs, event } of moments) {
          nowMs += afterMs
          const before = state
          const now = contextAt(nowMs)
          state = stepMember(state, event, now).state
          if (state.health === 'down' && before.health !== 'down') {
            expect(nowMs).toBeGreaterThanOrEqual(downAtMs(before, now))
            expect(nowMs - before.heardMs).toBeGreaterThanOrEqual(defaultTimings.downAfterMs)
          }
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('brings a node that was declared down back by a register only', () => {
    fc.assert(
      fc.property(fc.array(arbitraryMoment, { maxLength: 60 }), (moments) => {
        let state: MemberState = { ...memberFrom(aNode('n1'), 0 as MonotonicMs), health: 'down', sessionId: null }
        for (const { event } of moments) {
          const before = state.health
          state = stepMember(state, event, contextAt(1)).state
          if (before === 'down' && state.health !== 'down') expect(event.kind).toBe('register')
        }
      }),
    )
  })

  it('gives each change of health one evidence that says from where to where', () => {
    fc.assert(
      fc.property(fc.array(arbitraryMoment, { maxLength: 60 }), (moments) => {
        let state = memberFrom(aNode('n1', { health: 'joining' }), 0 as MonotonicMs)
        let nowMs = 0
        for (const { afterMs, event } of moments) {
          nowMs += afterMs
          const before = state.health
          const { state: next, effects } = stepMember(state, event, contextAt(nowMs))
          const published = effects.filter((effect) => effect.kind === 'publish-health')
          expect(published.map(({ from, to }) => [from, to])).toEqual(
            before === next.health ? [] : [[before, next.health]],
          )
          state = next
        }
      }),
    )
  })
})

const sessions = ['s1', 's2'] as SessionId[]
const arbitraryEvent: fc.Arbitrary<MemberEvent> = fc.oneof(
  fc.record({
    kind: fc.constant('register' as const),
    incarnation: fc.constantFrom('i1' as Incarnation, 'i2' as Incarnation),
    sessionId: fc.constantFrom(...sessions),
    controllerId: fc.constantFrom('c1' as ControllerId, 'c2' as ControllerId),
  }),
  fc.record({ kind: fc.constant('beat' as const), sessionId: fc.constantFrom(...sessions, null) }),
  fc.record({
    kind: fc.constant('stream-closed' as const),
    sessionId: fc.constantFrom(...sessions),
    goodbye: fc.boolean(),
  }),
  fc.record({
    kind: fc.constantFrom('controller-died' as const, 'controller-silent' as const),
    controllerId: fc.constant('c1' as ControllerId),
  }),
  fc.constant({ kind: 'grace' as const }),
  fc.constant({ kind: 'tick' as const }),
)
const arbitraryMoment = fc.record({ afterMs: fc.integer({ min: 0, max: 4_000 }), event: arbitraryEvent })

function contextAt(nowMs: number, changes: Partial<MemberContext> = {}): MemberContext {
  return {
    nowMs: nowMs as MonotonicMs,
    unixMs: nowMs as UnixMs,
    timings: defaultTimings,
    localHealth: 1,
    reconnectSpreadMs: 200,
    brake: null,
    decidedBy: 'c1' as ControllerId,
    ...changes,
  }
}

/** Plays the directives of one transcript against one node. */
function storyteller(): (directive: Directive) => string {
  let state = memberFrom(aNode('n1', { health: 'joining' }), 0 as MonotonicMs)
  let nowMs = 0
  let changes: Partial<MemberContext> = {}

  const play = (event: MemberEvent): string => {
    const step = stepMember(state, event, contextAt(nowMs, changes))
    state = step.state
    const lines = step.effects.map((effect) => {
      switch (effect.kind) {
        case 'publish-health':
          return `  ${effect.from} -> ${effect.to}: ${effect.evidence.because}`
        case 'count-false-suspicion':
          return `  false suspicion after ${effect.silenceMs} ms`
        case 'close-session':
          return `  close session ${effect.sessionId}: ${effect.because}`
        default:
          return effect satisfies never
      }
    })
    return [state.health, ...lines].join('\n')
  }

  return ({ command, args, line }) => {
    if (args.at !== undefined) nowMs = Number(args.at)
    const sessionId = (args.session ?? 's1') as SessionId
    switch (command) {
      case 'observer': {
        changes = {
          localHealth: Number(args['local-health'] ?? 1),
          brake: args.brake ?? null,
          reconnectSpreadMs: Number(args['reconnect-spread'] ?? 200),
        }
        return 'ok'
      }
      case 'known': {
        state = {
          ...state,
          health: args.health as NodeHealth,
          sessionId,
          controllerId: 'c1' as ControllerId,
          streamClosed: false,
        }
        return state.health
      }
      case 'register':
        return play({
          kind: 'register',
          sessionId,
          incarnation: (args.incarnation ?? 'i1') as Incarnation,
          controllerId: (args.controller ?? 'c1') as ControllerId,
        })
      case 'beat':
        return play({ kind: 'beat', sessionId })
      case 'beats': {
        for (nowMs = Number(args.from); nowMs < Number(args.to); nowMs += Number(args.every)) {
          play({ kind: 'beat', sessionId })
        }
        nowMs = Number(args.to)
        return play({ kind: 'beat', sessionId })
      }
      case 'closed':
        return play({ kind: 'stream-closed', sessionId, goodbye: args.goodbye === 'yes' })
      case 'controller-died':
        return play({ kind: 'controller-died', controllerId: (args.controller ?? 'c1') as ControllerId })
      case 'controller-silent':
        return play({ kind: 'controller-silent', controllerId: (args.controller ?? 'c1') as ControllerId })
      case 'grace':
        return play({ kind: 'grace' })
      case 'tick':
        return play({ kind: 'tick' })
      default:
        throw new Error(`line ${line}: unknown command ${command}`)
    }
  }
}
