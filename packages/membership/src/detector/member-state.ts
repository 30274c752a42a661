import type {
  ControllerId,
  Evidence,
  Incarnation,
  MonotonicMs,
  Node,
  NodeHealth,
  NodeId,
  SessionId,
  Timings,
  UnixMs,
} from '@quarterdeck/domain'

/** What the failure detector remembers of one node. Times are of the observer's monotonic clock. */
export type MemberState = {
  readonly nodeId: NodeId
  readonly health: NodeHealth
  readonly incarnation: Incarnation
  /** The connection whose beats count; null when there is none: then only a new register brings the node back. */
  readonly sessionId: SessionId | null
  readonly controllerId: ControllerId | null
  /** Last beats, newest first, at most BEATS_KEPT. */
  readonly beatsMs: readonly MonotonicMs[]
  /** Silence is counted from here: the last sign of life, or the moment at which the observer began to listen again. */
  readonly heardMs: MonotonicMs
  readonly streamClosed: boolean
  /** Not declared down before this moment: grace of a new leader, or the reconnect window after a controller died. */
  readonly notDownBeforeMs: MonotonicMs
  /** Since when it has been silent in the eyes of the mass brake; null while it answers. */
  readonly silentSinceMs: MonotonicMs | null
  readonly falseSuspicions: number
}

export const BEATS_KEPT = 16

export type MemberEvent =
  | {
      readonly kind: 'register'
      readonly incarnation: Incarnation
      readonly sessionId: SessionId
      readonly controllerId: ControllerId
    }
  /** `sessionId` null: the beat came over the lossy lane, which does not name the session. */
  | { readonly kind: 'beat'; readonly sessionId: SessionId | null }
  | { readonly kind: 'stream-closed'; readonly sessionId: SessionId; readonly goodbye: boolean }
  /** The controller that held sessions is gone: its agents need time to come back. */
  | { readonly kind: 'controller-died'; readonly controllerId: ControllerId }
  /** A controller stands still or cannot reach the store, and says nothing for its agents. */
  | { readonly kind: 'controller-silent'; readonly controllerId: ControllerId }
  /** The observer could not hear anybody: it just became leader, lost the store, or stood still. Silence starts anew. */
  | { readonly kind: 'grace' }
  | { readonly kind: 'tick' }

/** What a decision takes from the observer, besides the event. */
export type MemberContext = {
  readonly nowMs: MonotonicMs
  readonly unixMs: UnixMs
  readonly timings: Timings
  /** 1 = the observer trusts itself; up to 8 stretches every timeout. */
  readonly localHealth: number
  /** Over how long a fleet of this size spreads its first reconnect, milliseconds: see `reconnectSpreadMs`. */
  readonly reconnectSpreadMs: number
  /** Reason of the mass brake while it holds; null = free to declare nodes down. */
  readonly brake: string | null
  readonly decidedBy: ControllerId
}

/** Carried out by the caller, in order, after the new state is stored. */
export type MemberEffect =
  | { readonly kind: 'publish-health'; readonly from: NodeHealth; readonly to: NodeHealth; readonly evidence: Evidence }
  /** A suspected node of the same life answered: count it, and say how long it was silent. */
  | { readonly kind: 'count-false-suspicion'; readonly silenceMs: number }
  /** The session of a node that was declared down must not go on: the agent has to register again. */
  | { readonly kind: 'close-session'; readonly sessionId: SessionId; readonly because: string }

export type MemberStep = { readonly state: MemberState; readonly effects: readonly MemberEffect[] }

/** The state of a node that this observer has only read about. Its silence starts now. */
export function memberFrom(
  node: Pick<Node, 'id' | 'health' | 'incarnation' | 'session' | 'falseSuspicions'>,
  nowMs: MonotonicMs,
): MemberState {
  return {
    nodeId: node.id,
    health: node.health,
    incarnation: node.incarnation,
    sessionId: node.session?.id ?? null,
    controllerId: node.session?.controllerId ?? null,
    beatsMs: [],
    heardMs: nowMs,
    streamClosed: node.session === null,
    notDownBeforeMs: nowMs,
    silentSinceMs: node.health === 'suspect' ? nowMs : null,
    falseSuspicions: node.falseSuspicions,
  }
}

/**
 * How long a fleet spreads its first reconnect: `max(0.2 s, nodes / rate)`, so that a controller that comes back is not met by all of
 * its agents in the same instant.
 */
export function reconnectSpreadMs(
  nodes: number,
  { reconnectSpreadPerSecond }: Pick<Timings, 'reconnectSpreadPerSecond'>,
): number {
  return Math.max(200, Math.ceil((nodes / reconnectSpreadPerSecond) * 1_000))
}
