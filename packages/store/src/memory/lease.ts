import type { AcquireRequest, LeaseFence, LeaseRecord, LeaseStore } from '../contract.ts'
import type { MemoryLease, MemoryStoreState } from './state.ts'

type AcquireReply = Awaited<ReturnType<LeaseStore['acquire']>>
type RenewReply = Awaited<ReturnType<LeaseStore['renew']>>
type TransferReply = Awaited<ReturnType<LeaseStore['transfer']>>
type TransferTarget = Parameters<LeaseStore['transfer']>[1]

/** The record as readers see it at `nowMs`; null when nobody holds the lease. */
export function readLease({ lease }: MemoryStoreState, nowMs: number): LeaseRecord | null {
  if (!lease?.holder) return null
  const { holder, epoch, nonce, seq, untilMs, sinceMs, renewedAtMs } = lease
  const msLeft = untilMs - nowMs
  return { holder: holder.id, incarnation: holder.incarnation, epoch, nonce, seq, msLeft, sinceMs, renewedAtMs }
}

export function acquireLease(
  state: MemoryStoreState,
  request: AcquireRequest,
  nowMs: number,
  isPresent: (incarnation: string) => boolean,
): AcquireReply {
  const previous = readLease(state, nowMs)
  const how = howToTake(previous, request, isPresent)
  if (how.status === 'held') return how
  if (how.status === 'again') {
    return { status: 'acquired', record: extend(state, request.ttlMs, nowMs), how: how.status, previous: null }
  }
  const epoch = Math.max((state.lease?.epoch ?? 0) + 1, request.epochFloor + 1, nowMs)
  return { status: 'acquired', record: hand(state, request, epoch, nowMs), how: how.status, previous }
}

export function renewLease(state: MemoryStoreState, fence: LeaseFence, ttlMs: number, nowMs: number): RenewReply {
  if (!holds(state.lease, fence)) return { status: 'lost', record: readLease(state, nowMs) }
  return { status: 'renewed', record: extend(state, ttlMs, nowMs) }
}

export function transferLease(
  state: MemoryStoreState,
  fence: LeaseFence,
  to: TransferTarget,
  nowMs: number,
): TransferReply {
  if (!holds(state.lease, fence)) return { status: 'lost', record: readLease(state, nowMs) }
  return { status: 'transferred', record: hand(state, to, Math.max(fence.epoch + 1, nowMs), nowMs) }
}

export function releaseLease(state: MemoryStoreState, fence: LeaseFence): boolean {
  if (!holds(state.lease, fence) || !state.lease) return false
  state.lease = { ...state.lease, holder: null }
  return true
}

function howToTake(
  record: LeaseRecord | null,
  { holder, nonce, over }: AcquireRequest,
  isPresent: (incarnation: string) => boolean,
) {
  if (!record) return { status: 'free' } as const
  if (record.nonce === nonce && record.holder === holder) return { status: 'again' } as const
  if (record.msLeft <= 0) return { status: 'lapsed' } as const

  const held = { status: 'held', record } as const
  if (over?.nonce !== record.nonce || over.seq !== record.seq) return held
  // Asked again here, in the same step as the taking: the holder may have come back since the candidate looked.
  if (over.because === 'presence-gone' && isPresent(record.incarnation)) return held
  return { status: over.because }
}

function hand(state: MemoryStoreState, to: TransferTarget, epoch: number, nowMs: number): LeaseRecord {
  const { holder: id, incarnation, nonce, ttlMs } = to
  const holder = { id, incarnation }
  return store(
    state,
    { holder, epoch, nonce, seq: 0, untilMs: nowMs + ttlMs, sinceMs: nowMs, renewedAtMs: nowMs },
    nowMs,
  )
}

function extend(state: MemoryStoreState, ttlMs: number, nowMs: number): LeaseRecord {
  if (!state.lease) throw new Error('there is no lease to extend')
  const { seq } = state.lease
  return store(state, { ...state.lease, seq: seq + 1, untilMs: nowMs + ttlMs, renewedAtMs: nowMs }, nowMs)
}

function store(state: MemoryStoreState, lease: MemoryLease, nowMs: number): LeaseRecord {
  state.lease = lease
  const record = readLease(state, nowMs)
  if (!record) throw new Error('a lease that was just given has a holder')
  return record
}

function holds(lease: MemoryLease | null, { epoch, nonce }: LeaseFence): boolean {
  return lease?.holder != null && lease.epoch === epoch && lease.nonce === nonce
}
