import type { MonotonicMs } from '@quarterdeck/domain'
import type {
  ElectionContext,
  ElectionEffect,
  ElectionEvent,
  ElectionState,
  ElectionStep,
  LeaseSeen,
  TakeOver,
} from './election-state.ts'

/** A record that did not change for this many TTLs belongs to a holder that does not renew, whatever the store's clock says. */
const UNCHANGED_TTLS = 1.5

/** The poll of everybody who does not lead: settle an open acquire first, take one's turn when it has come, else look again. */
export function onFollowerTimer(state: ElectionState, context: ElectionContext): ElectionStep {
  const wakeAtMs = plus(context.nowMs, context.timings.candidatePollMs)
  const awake: ElectionState = { ...state, wakeAtMs }
  const wake: ElectionEffect = { kind: 'wake', atMs: wakeAtMs }

  if (state.acquiring) {
    if (state.acquiring.inFlight) return { state: awake, effects: [wake] }
    // The same nonce: if the lost try did succeed, the store recognises it.
    const { nonce, over } = state.acquiring
    const retried: ElectionState = { ...awake, acquiring: { nonce, over, inFlight: true } }
    return { state: retried, effects: [{ kind: 'acquire', nonce, epochFloor: state.epochFloor, over }, wake] }
  }
  if (state.turn && context.nowMs >= state.turn.atMs) {
    const nonce = context.freshNonce()
    const { over } = state.turn
    const trying: ElectionState = { ...awake, turn: null, acquiring: { nonce, over, inFlight: true } }
    return { state: trying, effects: [{ kind: 'acquire', nonce, epochFloor: state.epochFloor, over }, wake] }
  }
  if (state.turn) {
    const atMs = earlier(state.turn.atMs, wakeAtMs)
    return { state: { ...awake, wakeAtMs: atMs }, effects: [{ kind: 'read' }, { kind: 'wake', atMs }] }
  }
  return { state: awake, effects: [{ kind: 'read' }, wake] }
}

export function onRead(
  state: ElectionState,
  { record, sentMs }: Extract<ElectionEvent, { kind: 'read' }>,
  context: ElectionContext,
): ElectionStep {
  // A leader learns about its lease from its renewals; an answer that was asked for before is old news.
  if (state.role === 'leader') return { state, effects: [] }
  const looked = see(state, record, context)
  if (looked.acquiring || looked.resigned) return { state: looked, effects: [] }

  if (record && isOurs(record, context)) {
    // Handed to us by a transfer, or still ours after a pause: the record is the proof. A lapsed one must be acquired anew.
    if (record.msLeft > context.timings.leaseMarginMs) {
      const how = state.seen?.nonce === record.nonce ? 'resumed' : 'transfer'
      return lead(looked, { sentMs, record, how, previous: state.seen?.holder ?? null }, context)
    }
    return stand(looked, null, context)
  }
  if (record === null || record.msLeft <= 0) return stand(looked, null, context)
  if (context.nowMs - looked.seenSinceMs >= UNCHANGED_TTLS * context.timings.leaseTtlMs) {
    return stand(looked, { nonce: record.nonce, seq: record.seq, because: 'unchanged' }, context)
  }
  if (looked.turn) return { state: looked, effects: [] }
  return { state: looked, effects: [{ kind: 'look-presence', incarnation: record.incarnation, nonce: record.nonce }] }
}

/** The holder's presence must be found gone twice, some time apart: one look can hit a reconnect. */
export function onPresence(
  state: ElectionState,
  { nonce, present }: Extract<ElectionEvent, { kind: 'presence' }>,
  context: ElectionContext,
): ElectionStep {
  const { seen } = state
  if (state.role === 'leader' || !seen || seen.nonce !== nonce || state.acquiring || state.turn || state.resigned) {
    return { state, effects: [] }
  }
  if (present) return { state: { ...state, gone: null }, effects: [] }
  if (state.gone?.nonce !== nonce) {
    // Look again exactly when the gap has passed, not at the next poll after it.
    const atMs = plus(context.nowMs, context.timings.presenceLookGapMs)
    return {
      state: { ...state, gone: { nonce, sinceMs: context.nowMs }, wakeAtMs: atMs },
      effects: [{ kind: 'wake', atMs }],
    }
  }
  if (context.nowMs - state.gone.sinceMs < context.timings.presenceLookGapMs) return { state, effects: [] }
  return stand(state, { nonce, seq: seen.seq, because: 'presence-gone' }, context)
}

export function onAcquired(
  state: ElectionState,
  event: Extract<ElectionEvent, { kind: 'acquired' }>,
  context: ElectionContext,
): ElectionStep {
  // An answer to a try that was given up: its lease is ours all the same, and reading it says so.
  if (state.acquiring?.nonce !== event.record.nonce) return { state, effects: [{ kind: 'read' }] }
  const settled: ElectionState = { ...state, acquiring: null }
  if (state.resigned) {
    const { epoch, nonce } = event.record
    return { state: settled, effects: [{ kind: 'release', fence: { epoch, nonce } }] }
  }
  return lead(settled, event, context)
}

export function onHeld(state: ElectionState, record: LeaseSeen, context: ElectionContext): ElectionStep {
  if (state.role === 'leader') return { state, effects: [] }
  return { state: { ...see(state, record, context), acquiring: null, turn: null, role: 'follower' }, effects: [] }
}

export function onAcquireFailed(state: ElectionState, unknown: boolean): ElectionStep {
  if (!state.acquiring) return { state, effects: [] }
  // Certain that nothing happened: stand again from the next look. Unknown: the timer repeats it.
  if (unknown) return { state: { ...state, acquiring: { ...state.acquiring, inFlight: false } }, effects: [] }
  return { state: { ...state, acquiring: null, role: 'follower' }, effects: [] }
}

/** Remembers the record, and since when it has looked the same. */
export function see(state: ElectionState, record: LeaseSeen | null, { nowMs }: ElectionContext): ElectionState {
  const same = record?.nonce === state.seen?.nonce && record?.seq === state.seen?.seq
  const epochFloor = Math.max(state.epochFloor, record?.epoch ?? 0)
  if (same) return { ...state, seen: record, epochFloor }
  // Somebody renewed or took it: whatever this candidate was waiting for did not happen.
  return {
    ...state,
    seen: record,
    seenSinceMs: nowMs,
    gone: null,
    turn: null,
    epochFloor,
    role: state.role === 'candidate' ? 'follower' : state.role,
  }
}

/** Becomes a candidate whose turn comes by its rank, so that the others need not even try. */
function stand(state: ElectionState, over: TakeOver | null, context: ElectionContext): ElectionStep {
  if (state.turn) return { state: { ...state, turn: { ...state.turn, over } }, effects: [] }
  const { candidateRankStepMs } = context.timings
  const jitterMs = candidateRankStepMs > 0 ? context.random.nextInt(candidateRankStepMs) : 0
  const atMs = plus(context.nowMs, context.rank * candidateRankStepMs + jitterMs)
  return {
    state: { ...state, role: 'candidate', turn: { atMs, over }, wakeAtMs: atMs },
    effects: [{ kind: 'wake', atMs }],
  }
}

function lead(
  state: ElectionState,
  {
    sentMs,
    record,
    how,
    previous,
  }: Pick<Extract<ElectionEvent, { kind: 'acquired' }>, 'sentMs' | 'record' | 'how' | 'previous'>,
  context: ElectionContext,
): ElectionStep {
  const fence = { epoch: record.epoch, nonce: record.nonce }
  const decideUntilMs = deadline(sentMs, record, context)
  // Renewed at once where the record may be half used up; after an acquire its TTL is whole.
  const renewDueMs =
    how === 'transfer' || how === 'resumed' ? context.nowMs : plus(sentMs, context.timings.leaseRenewMs)
  const next: ElectionState = {
    ...see(state, record, context),
    role: 'leader',
    turn: null,
    gone: null,
    fence,
    decideUntilMs,
    renewInFlight: false,
    renewDueMs,
    handingOver: null,
    wakeAtMs: renewDueMs,
  }
  return {
    state: next,
    effects: [
      { kind: 'become-leader', fence, how, previous },
      { kind: 'wake', atMs: renewDueMs },
    ],
  }
}

/** No decision from here on: counted from before the call was sent, by what the store said was left, less the margin. */
export function deadline(sentMs: MonotonicMs, record: LeaseSeen, { timings }: ElectionContext): MonotonicMs {
  return plus(sentMs, Math.min(timings.leaseTtlMs, record.msLeft) - timings.leaseMarginMs)
}

function isOurs(record: LeaseSeen, { self }: ElectionContext): boolean {
  return record.holder === self.id && record.incarnation === self.incarnation
}

export function earlier(left: MonotonicMs, right: MonotonicMs): MonotonicMs {
  return Math.min(left, right) as MonotonicMs
}

export function plus(ms: MonotonicMs, more: number): MonotonicMs {
  return (ms + more) as MonotonicMs
}
