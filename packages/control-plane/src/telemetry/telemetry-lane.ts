import type { ControllerId, Incarnation, LoadSample, NodeId, SessionId } from '@quarterdeck/domain'
import type { Platform, Timer } from '@quarterdeck/platform'
import type { Store, Subscription } from '@quarterdeck/store'
import { listen } from '../listen.ts'
import type { LoadBookWriter } from './load-book.ts'
import {
  type ClosedSession,
  type ControllerVitals,
  decodeTelemetry,
  encodeTelemetry,
  isSentBy,
  type TelemetryMessage,
} from './telemetry-message.ts'

/** Members of one call that stores beats: keeps the store's single thread free for others in between. */
const BEATS_PER_CALL = 500

/** A beat or the end of a session, heard here or told by another controller. */
export type NodeSign =
  | {
      readonly kind: 'beat'
      readonly nodeId: NodeId
      readonly sessionId: SessionId
      readonly heardAtMs: number
      readonly controllerId: ControllerId
    }
  | { readonly kind: 'closed'; readonly closed: ClosedSession; readonly controllerId: ControllerId }

/** The last that was heard of a peer. */
export type PeerPulse = {
  readonly controllerId: ControllerId
  readonly incarnation: Incarnation
  readonly vitals: ControllerVitals
  /** Own monotonic clock. */
  readonly heardAtMs: number
}

export type TelemetryLane = {
  start(): Promise<void>
  stop(): void
  /** An agent connected here beat. Told to the others with the next flush. */
  beat(nodeId: NodeId, sessionId: SessionId, load: LoadSample): void
  /** A session here ended. Told to the others at once. */
  closed(closed: ClosedSession): void
  /** Hints to the others that the lease changed hands. */
  tellLeaseMoved(): void
  onLeaseMoved(listener: () => void): Subscription
  /** Calls back for each sign, own ones included, in the turn in which it arrived. */
  onSign(listener: (sign: NodeSign) => void): Subscription
  /** Calls back for each message of a peer. */
  onPeer(listener: (pulse: PeerPulse) => void): Subscription
  peers(): ReadonlyMap<ControllerId, PeerPulse>
  /** How long the store has taken nothing from here: what was heard since then, nobody else knows. */
  unheardMs(): number
}

type Deps = {
  readonly id: ControllerId
  readonly incarnation: Incarnation
  readonly platform: Platform
  readonly store: Store
  readonly loads: LoadBookWriter
  readonly flushMs: number
  readonly vitals: () => ControllerVitals
}

/** Sends this controller's beats, closed sessions and vitals to the others, one message per flush, and takes theirs in. */
export function createTelemetryLane(deps: Deps): TelemetryLane {
  const { id, incarnation, platform, store, loads } = deps
  const signListeners = new Set<(sign: NodeSign) => void>()
  const peerListeners = new Set<(pulse: PeerPulse) => void>()
  const peers = new Map<ControllerId, PeerPulse>()
  let heard = new Map<
    NodeId,
    { readonly sessionId: SessionId; readonly load: LoadSample; readonly heardAtMs: number }
  >()
  let closed: ClosedSession[] = []
  let seq = 0
  const leaseListeners = new Set<() => void>()
  let hasLeaseMoved = false
  let timer: Timer | null = null
  let subscription: Subscription | null = null
  /** When the last message that the store took was sent. */
  let takenAtMs = platform.clock.monotonicMs()

  function tell(sign: NodeSign): void {
    for (const listener of signListeners) listener(sign)
  }

  function flush(): void {
    const nowMs = platform.clock.monotonicMs()
    const beats = [...heard].map(([nodeId, { heardAtMs, ...beat }]) => ({ nodeId, ...beat, ageMs: nowMs - heardAtMs }))
    const message: TelemetryMessage = {
      from: id,
      incarnation,
      seq: ++seq,
      vitals: deps.vitals(),
      beats,
      closed,
      ...(hasLeaseMoved && { leaseMoved: true }),
    }
    hasLeaseMoved = false
    heard = new Map()
    closed = []
    // Lossy on purpose: a later message says it again, and what only this one said (an end of a session) silence tells as well.
    store.publishTelemetry(encodeTelemetry(message)).then(
      () => {
        takenAtMs = nowMs
      },
      () => undefined,
    )
    for (let at = 0; at < beats.length; at += BEATS_PER_CALL) {
      store.recordBeats(beats.slice(at, at + BEATS_PER_CALL).map(({ nodeId }) => nodeId)).catch(() => undefined)
    }
  }

  function take(text: string): void {
    if (isSentBy(text, incarnation)) return
    const message = decodeTelemetry(text)
    if (!message) return
    const nowMs = platform.clock.monotonicMs()
    const pulse = {
      controllerId: message.from,
      incarnation: message.incarnation,
      vitals: message.vitals,
      heardAtMs: nowMs,
    }
    peers.set(message.from, pulse)
    for (const listener of peerListeners) listener(pulse)
    for (const { nodeId, sessionId, load, ageMs } of message.beats) {
      loads.record(nodeId, load, message.from, ageMs)
      tell({ kind: 'beat', nodeId, sessionId, heardAtMs: nowMs - ageMs, controllerId: message.from })
    }
    if (message.leaseMoved) for (const listener of leaseListeners) listener()
    for (const one of message.closed) tell({ kind: 'closed', closed: one, controllerId: message.from })
  }

  return {
    async start() {
      subscription = await store.subscribeTelemetry(take)
      // A random phase, so that controllers that were started together do not all write in the same instant.
      timer = platform.timers.after(platform.random.nextInt(deps.flushMs) + 1, () => {
        flush()
        timer = platform.timers.every(deps.flushMs, flush)
      })
    },
    stop() {
      timer?.cancel()
      subscription?.cancel()
    },

    beat(nodeId, sessionId, load) {
      const heardAtMs = platform.clock.monotonicMs()
      heard.set(nodeId, { sessionId, load, heardAtMs })
      loads.record(nodeId, load, id, 0)
      tell({ kind: 'beat', nodeId, sessionId, heardAtMs, controllerId: id })
    },
    closed(one) {
      closed.push(one)
      tell({ kind: 'closed', closed: one, controllerId: id })
      // Ends that happen in one turn (a switch fails) go out together.
      if (closed.length === 1) platform.timers.soon(() => closed.length > 0 && flush())
    },

    tellLeaseMoved() {
      hasLeaseMoved = true
      flush()
    },
    onLeaseMoved: (listener) => listen(leaseListeners, listener),
    onSign: (listener) => listen(signListeners, listener),
    onPeer: (listener) => listen(peerListeners, listener),
    peers: () => peers,
    unheardMs: () => platform.clock.monotonicMs() - takenAtMs,
  }
}
