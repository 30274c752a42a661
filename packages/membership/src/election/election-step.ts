import type { ElectionContext, ElectionEvent, ElectionState, ElectionStep } from './election-state.ts'
import { onAcquired, onAcquireFailed, onFollowerTimer, onHeld, onPresence, onRead } from './follow.ts'
import {
  dropLeadership,
  onLeaderTimer,
  onLost,
  onRenewed,
  onRenewFailed,
  onResign,
  onTransfer,
  onTransferFailed,
  onTransferred,
} from './lead.ts'

/**
 * Next state of one controller in the election of one shard's leader, and the calls it must make.
 *
 * Safety does not rest here: every write of a leader is checked by the store against the lease record, epoch and nonce. This machine
 * decides when to try, when to stop, and that a controller which cannot prove its lease decides nothing. All times are of the
 * controller's own monotonic clock; deadlines count from before a call was sent.
 */
export function electionStep(state: ElectionState, event: ElectionEvent, context: ElectionContext): ElectionStep {
  switch (event.kind) {
    case 'start':
      return readNow(state, context)
    case 'timer':
      return state.role === 'leader' ? onLeaderTimer(state, context) : onFollowerTimer(state, context)
    case 'read':
      return onRead(state, event, context)
    case 'presence':
      return onPresence(state, event, context)
    case 'acquired':
      return onAcquired(state, event, context)
    case 'held':
      return onHeld(state, event.record, context)
    case 'renewed':
      return onRenewed(state, event, context)
    case 'lost':
      return onLost(state, event.record, context)
    case 'failed':
      return onFailed(state, event, context)
    case 'fenced': {
      const counted: ElectionState = { ...state, staleWrites: state.staleWrites + 1 }
      const dropped = dropLeadership(counted, 'the store refused a write: another controller leads', context)
      return { state: dropped.state, effects: [{ kind: 'count-stale-write' }, ...dropped.effects] }
    }
    case 'history': {
      const forgotten: ElectionState = { ...state, seen: null, seenSinceMs: context.nowMs, gone: null, turn: null }
      return dropLeadership({ ...forgotten, acquiring: null }, 'the store began a new history', context)
    }
    case 'floor':
      return { state: { ...state, epochFloor: Math.max(state.epochFloor, event.epoch) }, effects: [] }
    case 'transfer':
      return onTransfer(state, event.to, context)
    case 'transferred':
      return onTransferred(state, event.record, context)
    case 'resign':
      return onResign(state, context)
    default:
      return event satisfies never
  }
}

function onFailed(
  state: ElectionState,
  { call, unknown }: Extract<ElectionEvent, { kind: 'failed' }>,
  context: ElectionContext,
): ElectionStep {
  switch (call) {
    case 'acquire':
      return onAcquireFailed(state, unknown)
    case 'renew':
      return onRenewFailed(state, context)
    case 'transfer':
      return onTransferFailed(state, unknown, context)
    case 'read':
    case 'presence':
      // The poll asks again.
      return { state, effects: [] }
    default:
      return call satisfies never
  }
}

function readNow(state: ElectionState, { nowMs, timings }: ElectionContext): ElectionStep {
  const wakeAtMs = (nowMs + timings.candidatePollMs) as ElectionState['wakeAtMs']
  return { state: { ...state, wakeAtMs }, effects: [{ kind: 'read' }, { kind: 'wake', atMs: wakeAtMs }] }
}
