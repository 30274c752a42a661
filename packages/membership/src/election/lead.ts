import type { ControllerId } from '@quarterdeck/domain'
import type {
  ElectionContext,
  ElectionEffect,
  ElectionEvent,
  ElectionState,
  ElectionStep,
  LeaseSeen,
} from './election-state.ts'
import { deadline, earlier, plus, see } from './follow.ts'

/** Renews when due, and stops deciding when the deadline has come or this process stood still too long to know anything. */
export function onLeaderTimer(state: ElectionState, context: ElectionContext): ElectionStep {
  const { nowMs, timings } = context
  const lateMs = nowMs - state.wakeAtMs
  if (lateMs > timings.stallMs) {
    return dropLeadership(state, `this controller stood still for ${(lateMs / 1_000).toFixed(1)} s`, context)
  }
  if (state.decideUntilMs !== null && nowMs >= state.decideUntilMs) {
    return dropLeadership(state, 'the lease could not be renewed in time', context)
  }
  if (!state.fence) return dropLeadership(state, 'it held no lease', context)
  if (state.renewInFlight || state.handingOver !== null || nowMs < state.renewDueMs) return waitForNext(state, context)
  const renewing = waitForNext(
    { ...state, renewInFlight: true, renewDueMs: plus(nowMs, timings.leaseRenewMs) },
    context,
  )
  return { state: renewing.state, effects: [{ kind: 'renew', fence: state.fence }, ...renewing.effects] }
}

export function onRenewed(
  state: ElectionState,
  { sentMs, record }: Extract<ElectionEvent, { kind: 'renewed' }>,
  context: ElectionContext,
): ElectionStep {
  // A late answer to an older life of ours must not lengthen this one.
  if (state.role !== 'leader' || state.fence?.nonce !== record.nonce) return { state, effects: [] }
  const until = deadline(sentMs, record, context)
  const decideUntilMs = state.decideUntilMs !== null && state.decideUntilMs > until ? state.decideUntilMs : until
  return waitForNext({ ...see(state, record, context), decideUntilMs, renewInFlight: false }, context)
}

/** Tried again soon, whether it happened or not: renewing twice is renewing once. */
export function onRenewFailed(state: ElectionState, context: ElectionContext): ElectionStep {
  if (state.role !== 'leader') return { state, effects: [] }
  const renewDueMs = plus(context.nowMs, context.timings.candidatePollMs)
  return waitForNext({ ...state, renewInFlight: false, renewDueMs }, context)
}

export function onLost(state: ElectionState, record: LeaseSeen | null, context: ElectionContext): ElectionStep {
  if (state.role !== 'leader') return { state: see(state, record, context), effects: [] }
  const because = record ? `${record.holder} holds the lease now` : 'the lease is gone'
  return dropLeadership(see(state, record, context), because, context)
}

export function onTransfer(state: ElectionState, to: ControllerId, context: ElectionContext): ElectionStep {
  if (state.role !== 'leader' || !state.fence || state.handingOver !== null || to === context.self.id) {
    return { state, effects: [] }
  }
  // From here on no decision is made: the store hands the record over in one write, never free and never two.
  return {
    state: { ...state, handingOver: to },
    effects: [{ kind: 'transfer', fence: state.fence, to }],
  }
}

export function onTransferred(state: ElectionState, record: LeaseSeen, context: ElectionContext): ElectionStep {
  if (state.role !== 'leader') return { state: see(state, record, context), effects: [] }
  return dropLeadership(see(state, record, context), `leadership was handed to ${record.holder}`, context)
}

/** Certain that nothing happened: lead on. Unknown: only the record can tell who leads. */
export function onTransferFailed(state: ElectionState, unknown: boolean, context: ElectionContext): ElectionStep {
  if (state.role !== 'leader') return { state, effects: [] }
  if (!unknown) return waitForNext({ ...state, handingOver: null }, context)
  return dropLeadership(state, 'it is not known whether the hand-over happened', context)
}

export function onResign(state: ElectionState, context: ElectionContext): ElectionStep {
  const resigned: ElectionState = { ...state, resigned: true, turn: null }
  if (state.role !== 'leader' || !state.fence) return { state: { ...resigned, role: 'follower' }, effects: [] }
  const release: ElectionEffect = { kind: 'release', fence: state.fence }
  const dropped = dropLeadership(resigned, 'this controller is stopping', context)
  return { state: dropped.state, effects: [release, ...dropped.effects] }
}

/** Forgets everything that only a leader may know, and reads who leads. Without leadership it only reads. */
export function dropLeadership(state: ElectionState, because: string, context: ElectionContext): ElectionStep {
  const wakeAtMs = plus(context.nowMs, context.timings.candidatePollMs)
  const follower: ElectionState = {
    ...state,
    role: 'follower',
    fence: null,
    decideUntilMs: null,
    renewInFlight: false,
    handingOver: null,
    wakeAtMs,
  }
  const stepDown: readonly ElectionEffect[] = state.role === 'leader' ? [{ kind: 'step-down', because }] : []
  return { state: follower, effects: [...stepDown, { kind: 'read' }, { kind: 'wake', atMs: wakeAtMs }] }
}

/** Wakes for the next renewal, but never later than the deadline. */
function waitForNext(state: ElectionState, { nowMs, timings }: ElectionContext): ElectionStep {
  const due = state.renewInFlight || state.handingOver !== null ? plus(nowMs, timings.leaseRenewMs) : state.renewDueMs
  const atMs = state.decideUntilMs === null ? due : earlier(state.decideUntilMs, due)
  return { state: { ...state, wakeAtMs: atMs }, effects: [{ kind: 'wake', atMs }] }
}
