import type { Evidence, MonotonicMs, NodeHealth } from '@quarterdeck/domain'
import { downAfterMs, downAtMs, leaveWindowMs, phiOf, reconnectWindowMs, seconds, suspicion } from './deadlines.ts'
import {
  BEATS_KEPT,
  type MemberContext,
  type MemberEffect,
  type MemberEvent,
  type MemberState,
  type MemberStep,
} from './member-state.ts'

/**
 * Next state of one node in the eyes of the leader, and what must be done about it.
 *
 * No clock, no timer, no network: the caller stamps the context and carries out the effects, in order, after the state is stored. A
 * node that was declared down comes back only by a new register: beats of its old session, delayed on the wire, cannot revive it.
 * Suspect only stops new work; everything that cannot be taken back waits for down.
 */
export function stepMember(state: MemberState, event: MemberEvent, context: MemberContext): MemberStep {
  switch (event.kind) {
    case 'register':
      return onRegister(state, event, context)
    case 'beat':
      return onBeat(state, event, context)
    case 'stream-closed':
      return onStreamClosed(state, event, context)
    case 'controller-died':
      return onControllerGone(state, event, reconnectWindowMs(context), context)
    case 'controller-silent':
      return onControllerGone(state, event, leaveWindowMs(context), context)
    case 'grace':
      return onGrace(state, context)
    case 'tick':
      return onTick(state, context)
    default:
      return event satisfies never
  }
}

function onRegister(
  state: MemberState,
  { incarnation, sessionId, controllerId }: Extract<MemberEvent, { kind: 'register' }>,
  context: MemberContext,
): MemberStep {
  const sameLife = incarnation === state.incarnation
  const heard: MemberState = {
    ...state,
    incarnation,
    sessionId,
    controllerId,
    streamClosed: false,
    heardMs: context.nowMs,
    silentSinceMs: null,
    // The rhythm of another process says nothing about this one.
    beatsMs: sameLife ? state.beatsMs : [],
  }
  switch (state.health) {
    case 'suspect':
    case 'unknown':
      return answered(state, heard, sameLife ? 'it connected again' : 'its agent was restarted', sameLife, context)
    case 'down':
    case 'left':
      return change(heard, 'joining', sameLife ? 'it connected again' : 'its agent was started again', context)
    case 'joining':
    case 'ready':
      return { state: heard, effects: [] }
    default:
      return state.health satisfies never
  }
}

function onBeat(
  state: MemberState,
  { sessionId }: Extract<MemberEvent, { kind: 'beat' }>,
  context: MemberContext,
): MemberStep {
  // A closed connection beats no more: what still arrives was sent before the close, and must not hide it.
  const current =
    state.sessionId !== null && !state.streamClosed && (sessionId === null || sessionId === state.sessionId)
  if (!current || state.health === 'down' || state.health === 'left') return { state, effects: [] }

  const heard: MemberState = {
    ...state,
    heardMs: context.nowMs,
    silentSinceMs: null,
    beatsMs: [context.nowMs, ...state.beatsMs].slice(0, BEATS_KEPT),
  }
  switch (state.health) {
    case 'joining':
      return change(heard, 'ready', 'its first beat arrived', context)
    case 'suspect':
    case 'unknown':
      return answered(state, heard, 'a beat arrived', true, context)
    case 'ready':
      return { state: heard, effects: [] }
    default:
      return state.health satisfies never
  }
}

function onStreamClosed(
  state: MemberState,
  { sessionId, goodbye }: Extract<MemberEvent, { kind: 'stream-closed' }>,
  context: MemberContext,
): MemberStep {
  // A close of a session that was superseded says nothing about the one in force.
  if (sessionId !== state.sessionId) return { state, effects: [] }
  if (goodbye) {
    const gone: MemberState = { ...state, sessionId: null, controllerId: null, streamClosed: true, silentSinceMs: null }
    return state.health === 'left' ? { state: gone, effects: [] } : change(gone, 'left', 'it said goodbye', context)
  }
  const closed: MemberState = { ...state, streamClosed: true }
  if (state.health !== 'ready' && state.health !== 'joining') return { state: closed, effects: [] }
  const because = `connection closed without goodbye ${seconds(context.nowMs - state.heardMs)} after the last beat`
  return change({ ...closed, silentSinceMs: context.nowMs }, 'suspect', because, context)
}

/** Its nodes are silent by its fault, until they had the time to find another one. */
function onControllerGone(
  state: MemberState,
  { controllerId }: Extract<MemberEvent, { kind: 'controller-died' | 'controller-silent' }>,
  windowMs: number,
  context: MemberContext,
): MemberStep {
  if (state.controllerId !== controllerId) return { state, effects: [] }
  const until = (context.nowMs + windowMs) as MonotonicMs
  return { state: { ...state, notDownBeforeMs: later(state.notDownBeforeMs, until) }, effects: [] }
}

function onGrace(state: MemberState, context: MemberContext): MemberStep {
  const until = (context.nowMs + context.timings.leaderGraceMs) as MonotonicMs
  const restarted: MemberState = {
    ...state,
    heardMs: context.nowMs,
    // Gaps that span the observer's own absence would make the node look irregular.
    beatsMs: [],
    notDownBeforeMs: later(state.notDownBeforeMs, until),
    silentSinceMs: state.silentSinceMs === null ? null : context.nowMs,
  }
  return { state: restarted, effects: [] }
}

function onTick(state: MemberState, context: MemberContext): MemberStep {
  switch (state.health) {
    case 'joining':
    case 'ready': {
      const because = suspicion(state, context)
      if (because === null) return { state, effects: [] }
      return change({ ...state, silentSinceMs: state.heardMs }, 'suspect', because, context)
    }
    case 'suspect':
    case 'unknown':
      return context.nowMs >= downAtMs(state, context) && context.brake === null
        ? declareDown(state, context)
        : { state, effects: [] }
    case 'down':
    case 'left':
      return { state, effects: [] }
    default:
      return state.health satisfies never
  }
}

function declareDown(state: MemberState, context: MemberContext): MemberStep {
  const silenceMs = context.nowMs - state.heardMs
  const because = `no beat for ${seconds(silenceMs)}; the limit is ${seconds(downAfterMs(context))}`
  const { state: down, effects } = change({ ...state, sessionId: null, controllerId: null }, 'down', because, context)
  if (state.sessionId === null) return { state: down, effects }
  return {
    state: down,
    effects: [...effects, { kind: 'close-session', sessionId: state.sessionId, because: 'it was declared down' }],
  }
}

/** A suspected node answers: ready again, and a false suspicion when it was the same life all along. */
function answered(
  before: MemberState,
  heard: MemberState,
  because: string,
  sameLife: boolean,
  context: MemberContext,
): MemberStep {
  const silenceMs = Math.max(0, context.nowMs - before.heardMs)
  const wrong = sameLife && before.health === 'suspect'
  const next: MemberState = { ...heard, falseSuspicions: before.falseSuspicions + (wrong ? 1 : 0) }
  const { state, effects } = change(next, 'ready', `${because} after ${seconds(silenceMs)} of silence`, context, before)
  return { state, effects: wrong ? [...effects, { kind: 'count-false-suspicion', silenceMs }] : effects }
}

/** `seen`: the state whose beats are the evidence, when it is not the new one. */
function change(
  next: MemberState,
  to: NodeHealth,
  because: string,
  context: MemberContext,
  seen: MemberState = next,
): MemberStep {
  const evidence: Evidence = {
    atMs: context.unixMs,
    from: seen.health,
    to,
    because,
    beatAgesMs: seen.beatsMs.slice(0, 8).map((beat) => Math.round(context.nowMs - beat)),
    silenceMs: Math.max(0, context.nowMs - seen.heardMs),
    phi: phiOf(seen, context),
    localHealth: context.localHealth,
    streamClosed: next.streamClosed,
    decidedBy: context.decidedBy,
  }
  const effect: MemberEffect = { kind: 'publish-health', from: seen.health, to, evidence }
  return { state: { ...next, health: to }, effects: [effect] }
}

function later(left: MonotonicMs, right: MonotonicMs): MonotonicMs {
  return left > right ? left : right
}
