import type { ControllerId, Incarnation, MonotonicMs, Timings } from '@quarterdeck/domain'
import type { Random } from '@quarterdeck/platform'

/** The part of a lease record that election goes by. The store's `LeaseRecord` has these fields. */
export type LeaseSeen = {
  readonly holder: ControllerId
  readonly incarnation: Incarnation
  readonly epoch: number
  readonly nonce: string
  readonly seq: number
  /** Until it lapses by the store's clock; negative when it has. */
  readonly msLeft: number
}

export type Fence = { readonly epoch: number; readonly nonce: string }

/** How a controller came to lead. `again`: a repeated acquire recognised itself; `resumed`: its own lease outlived a pause. */
export type LeadershipSource = 'free' | 'lapsed' | 'presence-gone' | 'unchanged' | 'again' | 'transfer' | 'resumed'

/** Why a candidate may take a lease over that has not lapsed. */
export type TakeOver = { readonly nonce: string; readonly seq: number; readonly because: 'presence-gone' | 'unchanged' }

/** Times are of this controller's monotonic clock. */
export type ElectionState = {
  readonly role: 'follower' | 'candidate' | 'leader'
  /** The record as last read, and since when it has looked the same. */
  readonly seen: LeaseSeen | null
  readonly seenSinceMs: MonotonicMs
  /** When the holder's presence was first found gone, for the record with this nonce; null while it is there. */
  readonly gone: { readonly nonce: string; readonly sinceMs: MonotonicMs } | null
  /** A candidate's turn comes then, with what it will ask for. */
  readonly turn: { readonly atMs: MonotonicMs; readonly over: TakeOver | null } | null
  /** An acquire whose outcome is not known yet. Repeated with the same nonce until it is. */
  readonly acquiring: { readonly nonce: string; readonly over: TakeOver | null; readonly inFlight: boolean } | null
  /** Present while leading: what every decision is fenced with. */
  readonly fence: Fence | null
  /** No decision at or after this moment; null while not leading. */
  readonly decideUntilMs: MonotonicMs | null
  readonly renewInFlight: boolean
  readonly renewDueMs: MonotonicMs
  /** Set while the lease is being handed over: no new decision, whatever the deadline says. */
  readonly handingOver: ControllerId | null
  /** Set at a planned stop: never a candidate again. */
  readonly resigned: boolean
  /** Highest epoch that this controller or its agents have seen. */
  readonly epochFloor: number
  readonly staleWrites: number
  readonly wakeAtMs: MonotonicMs
}

export type ElectionEvent =
  /** First event of a controller's life, and again after a new history of the store. */
  | { readonly kind: 'start' }
  /** The timer that `wake` asked for. It may be late; how late is how long this process stood still. */
  | { readonly kind: 'timer' }
  | { readonly kind: 'read'; readonly sentMs: MonotonicMs; readonly record: LeaseSeen | null }
  | { readonly kind: 'presence'; readonly nonce: string; readonly present: boolean }
  | {
      readonly kind: 'acquired'
      readonly sentMs: MonotonicMs
      readonly record: LeaseSeen
      readonly how: LeadershipSource
      readonly previous: ControllerId | null
    }
  | { readonly kind: 'held'; readonly record: LeaseSeen }
  | { readonly kind: 'renewed'; readonly sentMs: MonotonicMs; readonly record: LeaseSeen }
  | { readonly kind: 'lost'; readonly record: LeaseSeen | null }
  /** A call failed. `unknown`: it may have happened; otherwise it certainly did not. */
  | {
      readonly kind: 'failed'
      readonly call: 'read' | 'presence' | 'acquire' | 'renew' | 'transfer'
      readonly unknown: boolean
    }
  /** The fence refused one of our commits. */
  | { readonly kind: 'fenced' }
  /** The store began a new history: what was known about the lease is void. */
  | { readonly kind: 'history' }
  | { readonly kind: 'floor'; readonly epoch: number }
  | { readonly kind: 'transfer'; readonly to: ControllerId }
  | { readonly kind: 'transferred'; readonly record: LeaseSeen }
  /** A planned stop of this controller. */
  | { readonly kind: 'resign' }

/** Carried out by the caller, in order. Each call is answered by exactly one event: its result or `failed`. */
export type ElectionEffect =
  | { readonly kind: 'read' }
  | { readonly kind: 'look-presence'; readonly incarnation: Incarnation; readonly nonce: string }
  | { readonly kind: 'acquire'; readonly nonce: string; readonly epochFloor: number; readonly over: TakeOver | null }
  | { readonly kind: 'renew'; readonly fence: Fence }
  | { readonly kind: 'transfer'; readonly fence: Fence; readonly to: ControllerId }
  | { readonly kind: 'release'; readonly fence: Fence }
  | {
      readonly kind: 'become-leader'
      readonly fence: Fence
      readonly how: LeadershipSource
      readonly previous: ControllerId | null
    }
  | { readonly kind: 'step-down'; readonly because: string }
  | { readonly kind: 'count-stale-write' }
  /** Replaces the timer that was asked for before. */
  | { readonly kind: 'wake'; readonly atMs: MonotonicMs }

export type ElectionStep = { readonly state: ElectionState; readonly effects: readonly ElectionEffect[] }

export type ElectionContext = {
  readonly nowMs: MonotonicMs
  readonly self: { readonly id: ControllerId; readonly incarnation: Incarnation }
  /** Place among the live controllers, 0 = first: see `rankOf`. */
  readonly rank: number
  readonly timings: Timings
  readonly random: Random
  /** A nonce that was never used. */
  readonly freshNonce: () => string
}

export function newElection(nowMs: MonotonicMs): ElectionState {
  return {
    role: 'follower',
    seen: null,
    seenSinceMs: nowMs,
    gone: null,
    turn: null,
    acquiring: null,
    fence: null,
    decideUntilMs: null,
    renewInFlight: false,
    renewDueMs: nowMs,
    handingOver: null,
    resigned: false,
    epochFloor: 0,
    staleWrites: 0,
    wakeAtMs: nowMs,
  }
}

/** The fence for a decision now; null when this controller must not decide. */
export function decidingFence(state: ElectionState, nowMs: MonotonicMs): Fence | null {
  if (state.role !== 'leader' || state.handingOver !== null || state.decideUntilMs === null) return null
  return nowMs < state.decideUntilMs ? state.fence : null
}
