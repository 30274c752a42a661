import type { MonotonicMs } from '@quarterdeck/domain'
import type { MemberContext, MemberState } from './member-state.ts'
import { phi } from './phi-accrual.ts'

/** A node that is this unlikely to be only late may be suspected before the fixed timeout. */
const PHI_SUSPECT = 8

/** Below this many gaps the average says little, and only the fixed timeout counts. */
const GAPS_MIN = 5

/** An agent that lost its controller needs its spread and then this long to find another one and beat there. */
const RECONNECT_SLACK_MS = 4_000

/** Silence after which a node is declared down, milliseconds. */
export function downAfterMs({ timings, localHealth, reconnectSpreadMs }: MemberContext): number {
  return Math.max(timings.downAfterMs, reconnectSpreadMs + RECONNECT_SLACK_MS) * localHealth
}

/** Until when a node may be suspect at worst after its controller died, milliseconds from that moment. */
export function reconnectWindowMs({ localHealth, reconnectSpreadMs }: MemberContext): number {
  return (reconnectSpreadMs + RECONNECT_SLACK_MS) * localHealth
}

/**
 * The same for a controller that only fell silent, milliseconds from when it was noticed: nothing closes the connections to one that
 * stands still, so its agents first wait for a reply as long as they may.
 */
export function leaveWindowMs(context: MemberContext): number {
  return context.timings.replyTimeoutMs + reconnectWindowMs(context)
}

/** The moment at which a silent node will be declared down if nothing is heard of it: the countdown that people see. */
export function downAtMs(state: MemberState, context: MemberContext): MonotonicMs {
  return Math.max(state.heardMs + downAfterMs(context), state.notDownBeforeMs) as MonotonicMs
}

/** Why a node is suspect by its silence; null while it is only a little late. */
export function suspicion(state: MemberState, context: MemberContext): string | null {
  const silenceMs = context.nowMs - state.heardMs
  const limitMs = context.timings.suspectAfterMs * context.localHealth
  if (silenceMs >= limitMs) return `no beat for ${seconds(silenceMs)}; the limit is ${seconds(limitMs)}`
  const level = phiOf(state, context)
  if (level === null || level <= PHI_SUSPECT) return null
  return `no beat for ${seconds(silenceMs)}, although it beats every ${seconds(meanGapMs(state))} (phi ${level.toFixed(1)})`
}

/** Suspicion level now; null while too few beats were heard to know what is usual. */
export function phiOf(state: MemberState, { nowMs, timings, localHealth }: MemberContext): number | null {
  const gaps = gapsMs(state)
  if (gaps.length < GAPS_MIN) return null
  // A quarter of the interval: beats come in batches, and a shared machine is never regular.
  const deviationMsMin = (timings.beatIntervalMs / 4) * localHealth
  return phi(gaps, Math.max(0, nowMs - state.heardMs), deviationMsMin)
}

export function seconds(ms: number): string {
  return `${(Math.max(0, ms) / 1_000).toFixed(1)} s`
}

function gapsMs({ beatsMs }: MemberState): number[] {
  return beatsMs.slice(1).map((beat, index) => (beatsMs[index] ?? beat) - beat)
}

function meanGapMs(state: MemberState): number {
  const gaps = gapsMs(state)
  return gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(1, gaps.length)
}
