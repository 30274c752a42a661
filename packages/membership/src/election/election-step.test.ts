import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ControllerId, defaultTimings, type Incarnation, type MonotonicMs } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { type Directive, replayTranscript } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decidingFence,
  type ElectionContext,
  type ElectionEffect,
  type ElectionEvent,
  type LeadershipSource,
  type LeaseSeen,
  newElection,
} from './election-state.ts'
import { electionStep } from './election-step.ts'

const folder = new URL('../../testdata/election/', import.meta.url)
const ms = (value: number) => value as MonotonicMs
const self = { id: 'c1' as ControllerId, incarnation: 'life-c1' as Incarnation }

describe('electionStep', () => {
  it.each(readdirSync(folder))('tells the story of %s', async (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8')
    await expect(replayTranscript(text, storyteller())).toMatchFileSnapshot(fileURLToPath(new URL(file, folder)))
  })

  it('decides only with a fence that it was given, and never past the deadline of that lease', () => {
    fc.assert(
      fc.property(fc.array(arbitraryMoment, { maxLength: 80 }), (moments) => {
        let state = newElection(ms(0))
        let nowMs = 0
        let granted: { readonly nonce: string; untilMs: number } | null = null
        for (const { afterMs, event } of moments) {
          nowMs += afterMs
          const stamped = stamp(event, nowMs)
          const { state: next, effects } = electionStep(state, stamped, contextAt(nowMs))
          const record = 'record' in stamped ? stamped.record : null
          const began = effects.find((effect) => effect.kind === 'become-leader')
          if (began && record) granted = { nonce: record.nonce, untilMs: nowMs + record.msLeft }
          if (granted && stamped.kind === 'renewed' && record?.nonce === granted.nonce) {
            granted.untilMs = Math.max(granted.untilMs, nowMs + record.msLeft)
          }
          state = next
          const fence = decidingFence(state, ms(nowMs))
          if (!fence) continue
          expect(fence.nonce).toBe(granted?.nonce)
          expect(nowMs).toBeLessThan(granted?.untilMs ?? 0)
        }
      }),
      { numRuns: 3_000 },
    )
  })

  it('always asks to be woken, so that no state is the last one', () => {
    fc.assert(
      fc.property(fc.array(arbitraryMoment, { maxLength: 80 }), (moments) => {
        let state = newElection(ms(0))
        let nowMs = 0
        for (const { afterMs, event } of moments) {
          nowMs += afterMs
          const { state: next, effects } = electionStep(state, stamp(event, nowMs), contextAt(nowMs))
          state = next
          if (event.kind === 'timer' || event.kind === 'start') {
            expect(effects.some(({ kind }) => kind === 'wake')).toBe(true)
          }
        }
      }),
    )
  })
})

function contextAt(nowMs: number, changes: Partial<ElectionContext> = {}): ElectionContext {
  return {
    nowMs: ms(nowMs),
    self,
    rank: 0,
    timings: { ...defaultTimings, candidateRankStepMs: 50 },
    random: { next: () => 0, nextInt: () => 0 },
    freshNonce: () => `nonce-at-${nowMs}`,
    ...changes,
  }
}

function recordOf(holder: string, nonce: string, seq: number, msLeft: number, epoch = 7): LeaseSeen {
  return {
    holder: holder as ControllerId,
    incarnation: `life-${holder}` as Incarnation,
    epoch,
    nonce,
    seq,
    msLeft,
  }
}

const arbitraryRecord = fc
  .record({
    holder: fc.constantFrom('c1', 'c2'),
    nonce: fc.constantFrom('n1', 'n2', 'nonce-at-0'),
    seq: fc.integer({ min: 1, max: 3 }),
    msLeft: fc.integer({ min: -500, max: 3_000 }),
  })
  .map(({ holder, nonce, seq, msLeft }) => recordOf(holder, nonce, seq, msLeft))

const call = fc.constantFrom('read', 'presence', 'acquire', 'renew', 'transfer')

const arbitraryEvent: fc.Arbitrary<ElectionEvent> = fc.oneof(
  fc.constant({ kind: 'start' as const }),
  fc.constant({ kind: 'timer' as const }),
  fc.record({ kind: fc.constant('read' as const), sentMs: fc.constant(ms(0)), record: fc.option(arbitraryRecord) }),
  fc.record({ kind: fc.constant('presence' as const), nonce: fc.constantFrom('n1', 'n2'), present: fc.boolean() }),
  fc.record({
    kind: fc.constant('acquired' as const),
    sentMs: fc.constant(ms(0)),
    record: arbitraryRecord,
    how: fc.constant('free' as LeadershipSource),
    previous: fc.constant(null),
  }),
  fc.record({ kind: fc.constant('held' as const), record: arbitraryRecord }),
  fc.record({ kind: fc.constant('renewed' as const), sentMs: fc.constant(ms(0)), record: arbitraryRecord }),
  fc.record({ kind: fc.constant('lost' as const), record: fc.option(arbitraryRecord) }),
  fc.record({ kind: fc.constant('failed' as const), call, unknown: fc.boolean() }),
  fc.constant({ kind: 'fenced' as const }),
  fc.constant({ kind: 'history' as const }),
  fc.record({ kind: fc.constant('transfer' as const), to: fc.constant('c2' as ControllerId) }),
  fc.constant({ kind: 'resign' as const }),
)
const arbitraryMoment = fc.record({ afterMs: fc.integer({ min: 0, max: 1_500 }), event: arbitraryEvent })

/** Calls are answered in the instant in which they were sent: the strictest case for a deadline. */
function stamp(event: ElectionEvent, nowMs: number): ElectionEvent {
  return 'sentMs' in event ? { ...event, sentMs: ms(nowMs) } : event
}

/** Plays the directives of one transcript against one controller, c1. */
function storyteller(): (directive: Directive) => string {
  let state = newElection(ms(0))
  let nowMs = 0
  let rank = 0
  const random = seededRandom(1)

  const play = (event: ElectionEvent): string => {
    const step = electionStep(state, event, contextAt(nowMs, { rank, random: { ...random, nextInt: () => 10 } }))
    state = step.state
    const decides = decidingFence(state, ms(nowMs)) ? `, decides until ${state.decideUntilMs}` : ''
    return [`${state.role}${decides}`, ...step.effects.map((effect) => `  ${effectInWords(effect)}`)].join('\n')
  }

  return ({ command, args, line }) => {
    if (args.at !== undefined) nowMs = Number(args.at)
    const sentMs = ms(args.sent === undefined ? nowMs : Number(args.sent))
    const record =
      args.holder === undefined
        ? null
        : recordOf(
            args.holder,
            args.nonce ?? 'n1',
            Number(args.seq ?? 1),
            Number(args.left ?? 3_000),
            Number(args.epoch ?? 7),
          )
    switch (command) {
      case 'rank':
        rank = Number(args.is)
        return 'ok'
      case 'start':
      case 'timer':
      case 'fenced':
      case 'history':
      case 'resign':
        return play({ kind: command })
      case 'read':
        return play({ kind: 'read', sentMs, record })
      case 'presence':
        return play({ kind: 'presence', nonce: args.nonce ?? 'n1', present: args.present === 'yes' })
      case 'acquired':
        return play({
          kind: 'acquired',
          sentMs,
          record: recordOf('c1', args.nonce ?? '', 1, Number(args.left ?? 3_000), Number(args.epoch ?? 8)),
          how: (args.how ?? 'free') as LeadershipSource,
          previous: null,
        })
      case 'renewed':
        return play({
          kind: 'renewed',
          sentMs,
          record: recordOf('c1', args.nonce ?? '', Number(args.seq ?? 2), 3_000, 8),
        })
      case 'held':
        return record ? play({ kind: 'held', record }) : 'no holder'
      case 'lost':
        return play({ kind: 'lost', record })
      case 'failed':
        return play({ kind: 'failed', call: args.call as 'read', unknown: args.unknown === 'yes' })
      case 'floor':
        return play({ kind: 'floor', epoch: Number(args.epoch) })
      case 'transfer':
        return play({ kind: 'transfer', to: (args.to ?? 'c2') as ControllerId })
      case 'transferred':
        return record ? play({ kind: 'transferred', record }) : 'no holder'
      default:
        throw new Error(`line ${line}: unknown command ${command}`)
    }
  }
}

function effectInWords(effect: ElectionEffect): string {
  switch (effect.kind) {
    case 'read':
    case 'count-stale-write':
      return effect.kind
    case 'look-presence':
      return `look-presence ${effect.incarnation}`
    case 'acquire':
      return `acquire ${effect.nonce} floor ${effect.epochFloor}${effect.over ? ` over ${effect.over.nonce}/${effect.over.seq} (${effect.over.because})` : ''}`
    case 'renew':
    case 'release':
      return `${effect.kind} ${effect.fence.epoch}/${effect.fence.nonce}`
    case 'transfer':
      return `transfer ${effect.fence.epoch}/${effect.fence.nonce} to ${effect.to}`
    case 'become-leader':
      return `become-leader ${effect.fence.epoch}/${effect.fence.nonce} (${effect.how})`
    case 'step-down':
      return `step-down: ${effect.because}`
    case 'wake':
      return `wake at ${effect.atMs}`
    default:
      return effect satisfies never
  }
}
