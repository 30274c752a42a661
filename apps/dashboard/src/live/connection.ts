import type { StreamFrame } from '@quarterdeck/domain'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { reconnectDelayMs } from './backoff.ts'
import type { ClusterStore } from './cluster-store.ts'
import { FrameQueue } from './frame-queue.ts'
import { type Freshness, freshness, LOST_AFTER_MS } from './freshness.ts'
import type { HandOff } from './hand-off.ts'

const WATCH_EVERY_MS = 500
/** The second look before the page moves: a controller that restarts in place is not left at once. */
const SECOND_LOOK_MS = 400
const TOPICS = ['nodes', 'tasks', 'events', 'operations', 'controllers', 'services', 'schedules'] as const

type Facts = {
  readonly isOpen: boolean
  readonly everConnected: boolean
  readonly attempt: number
  /** Server's wall clock of the last frame: "what you see is from 14:03:22". */
  readonly lastServerMs: number | null
}

/**
 * Keeps the one live subscription of the page: opens it, notices its loss, tries again with growing pauses, and moves the page to
 * another controller when this one is gone. What the stream says goes into the store; what is known of the stream itself is here.
 */
export class LiveConnection {
  private facts: Facts = { isOpen: false, everConnected: false, attempt: 0, lastServerMs: null }
  private cursor: string | null = null
  private lastFrameAt = 0
  private lostAt = 0
  private skewMs = 0
  private framesThisSecond = 0
  private framesPerSecond = 0
  private subscription: { unsubscribe(): void } | null = null
  private retry: ReturnType<typeof setTimeout> | null = null
  private watch: ReturnType<typeof setInterval> | null = null
  private readonly queue: FrameQueue
  private readonly store: ClusterStore
  private readonly handOff: HandOff
  private readonly listeners = new Set<() => void>()
  private shown: Freshness = { state: 'connecting' }
  /** Called once when the session is over. */
  onSignedOut: () => void = () => {}

  constructor(store: ClusterStore, handOff: HandOff) {
    this.store = store
    this.handOff = handOff
    this.queue = new FrameQueue((frames) => store.apply(frames))
  }

  start(): void {
    if (this.watch) return
    this.watch = setInterval(() => this.look(), WATCH_EVERY_MS)
    this.open()
  }

  stop(): void {
    if (this.watch) clearInterval(this.watch)
    if (this.retry) clearTimeout(this.retry)
    this.watch = null
    this.retry = null
    this.subscription?.unsubscribe()
    this.subscription = null
  }

  tryNow(): void {
    if (this.retry) clearTimeout(this.retry)
    this.retry = null
    if (!this.facts.isOpen) this.open()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Same object while nothing that is shown has changed. */
  freshness = (): Freshness => this.shown

  get lastServerMs(): number | null {
    return this.facts.lastServerMs
  }

  /** Wall clock of the server now, as far as this page can tell; the browser's own clock before the first frame. */
  serverNowMs(): number {
    return Date.now() + this.skewMs
  }

  diagnostics() {
    const { hello, tick, framesApplied } = this.store
    return {
      controllerId: hello?.controllerId ?? null,
      version: hello?.version ?? null,
      clusterName: hello?.clusterName ?? null,
      frameAgeMs: this.lastFrameAt === 0 ? null : Math.round(performance.now() - this.lastFrameAt),
      behindMs: tick?.behindMs ?? null,
      revision: tick?.revision ?? null,
      leader: tick?.leader?.controllerId ?? null,
      epoch: tick?.leader?.epoch ?? null,
      framesPerSecond: this.framesPerSecond,
      framesApplied,
      loadFramesDropped: tick?.dropped ?? 0,
      clockSkewMs: Math.round(this.skewMs),
      attempt: this.facts.attempt,
      peers: this.handOff.peers,
      state: this.shown.state,
    }
  }

  private open(): void {
    this.subscription?.unsubscribe()
    this.subscription = api.cluster.stream.subscribe(
      { topics: [...TOPICS], ...(this.cursor === null ? {} : { lastEventId: this.cursor }) },
      {
        onData: (message) => this.take(message.id, message.data),
        onConnectionStateChange: (change) => {
          if (change.state === 'connecting' && change.error) this.lose()
        },
        onError: (error) => {
          if (toProblem(error).code === 'not_signed_in') this.endSession()
          else this.lose()
        },
        onStopped: () => this.lose(),
      },
    )
  }

  private take(cursor: string, frame: StreamFrame): void {
    const wasOpen = this.facts.isOpen
    this.cursor = cursor
    this.lastFrameAt = performance.now()
    this.skewMs = frame.serverMs - Date.now()
    this.framesThisSecond++
    this.facts = { isOpen: true, everConnected: true, attempt: 0, lastServerMs: frame.serverMs }
    this.queue.push(frame)
    if (!wasOpen) {
      void this.handOff.refresh(true)
      this.show()
    }
  }

  /** The library would reconnect by itself, at its own pace and without a word; this page does it so that it can say what happens. */
  private lose(): void {
    this.subscription?.unsubscribe()
    this.subscription = null
    if (this.retry) return
    if (this.facts.isOpen || this.facts.attempt === 0) this.lostAt = performance.now()
    const attempt = this.facts.attempt + 1
    this.facts = { ...this.facts, isOpen: false, attempt }
    this.show()
    void this.leaveIfGone()
    this.retry = setTimeout(
      () => {
        this.retry = null
        this.open()
      },
      reconnectDelayMs(attempt, Math.random),
    )
  }

  /** Moves only when two looks find the controller gone; a stream can break without its controller dying. */
  private async leaveIfGone(): Promise<void> {
    if (await this.handOff.isOwnControllerThere()) {
      await this.leaveIfSignedOut()
      return
    }
    await new Promise((resolve) => setTimeout(resolve, SECOND_LOOK_MS))
    if (this.facts.isOpen || (await this.handOff.isOwnControllerThere())) return
    await this.handOff.move()
  }

  /** An event stream that is refused does not say why; the state of the session does. */
  private async leaveIfSignedOut(): Promise<void> {
    try {
      const state = await api.auth.state.query()
      if (state.me === null) this.endSession()
    } catch {
      // No answer: the next attempt looks again.
    }
  }

  private endSession(): void {
    this.stop()
    this.onSignedOut()
  }

  private look(): void {
    if (this.facts.isOpen && performance.now() - this.lastFrameAt > LOST_AFTER_MS) this.lose()
    if (this.facts.isOpen) void this.handOff.refresh()
    this.framesPerSecond = this.framesPerSecond * 0.5 + this.framesThisSecond * (1_000 / WATCH_EVERY_MS) * 0.5
    this.framesThisSecond = 0
    this.show()
  }

  private show(): void {
    const nowMs = performance.now()
    const next = freshness({
      everConnected: this.facts.everConnected,
      isOpen: this.facts.isOpen,
      frameAgeMs: nowMs - this.lastFrameAt,
      behindMs: this.store.tick?.behindMs ?? 0,
      attempt: this.facts.attempt,
      lostForMs: nowMs - this.lostAt,
      catchingUp: this.store.catchingUp,
      isPaused: this.store.pausedAtMs !== null,
      changesWaiting: this.store.changesWaiting,
    })
    if (JSON.stringify(next) === JSON.stringify(this.shown)) return
    this.shown = next
    for (const listener of this.listeners) listener()
  }
}
