import {
  type ControllerId,
  clusterError,
  fail,
  type Incarnation,
  type Outcome,
  ok,
  type Timings,
  type UnixMs,
} from '@quarterdeck/domain'
import {
  decidingFence,
  type ElectionEffect,
  type ElectionEvent,
  electionStep,
  newElection,
  rankOf,
} from '@quarterdeck/membership'
import type { Platform, Timer } from '@quarterdeck/platform'
import type { LeaseFence, LeaseRecord, ReadCache, Store, Subscription } from '@quarterdeck/store'
import type { LeadershipHandle } from '../core.ts'
import { listen } from '../listen.ts'
import { createLeaseCalls } from './lease-calls.ts'
import type { NewReign } from './takeover-record.ts'

/** How long a hand-over waits for writes of ours that are under way. */
const WRITES_ANSWERED_MS_MAX = 200
/** A new epoch is at least the store's clock in milliseconds, so none that was really given is far ahead of ours. */
const EPOCH_AHEAD_MS_MAX = 24 * 3_600_000
/** Between tries to catch up with the feed after a takeover. */
const CATCH_UP_RETRY_MS = 50

export type RunningElection = LeadershipHandle & {
  start(): Promise<void>
  /** Gives the lease back, if it is held, and never stands again. */
  resign(): Promise<void>
  /** Something hints that the lease changed hands: look now instead of at the next poll. */
  lookNow(): void
  /** An agent remembers this epoch: the next one of ours must be higher. */
  epochSeen(epoch: number): void
  /** Hands the lease over. Whether the other one is ready to lead is the caller's question. */
  handOver(to: ControllerId): Promise<Outcome<LeaseRecord>>
  /** This controller got the lease, with how and since when by its own monotonic clock. Told before anything is decided. */
  onReign(listener: (reign: NewReign, gainedAtMs: number) => void): Subscription
  onDecided(listener: () => void): Subscription
  onStaleWrite(listener: () => void): Subscription
}

type Deps = {
  readonly platform: Platform
  readonly store: Store
  readonly cache: ReadCache
  readonly timings: Timings
  readonly self: { readonly id: ControllerId; readonly incarnation: Incarnation }
  readonly leaderIdle: (maxMs: number) => Promise<void>
}

type Gained = { readonly record: LeaseRecord; readonly how: string; readonly previous: LeaseRecord | null }

/** Runs the election machine of one controller: carries out its calls and timers, and says to the others who leads. */
export function runElection(deps: Deps): RunningElection {
  const { platform, store, cache, timings, self } = deps
  const { clock, timers, log } = platform
  const changeListeners = new Set<(change: { readonly leading: boolean }) => void>()
  const reignListeners = new Set<(reign: NewReign, gainedAtMs: number) => void>()
  const decidedListeners = new Set<() => void>()
  const staleListeners = new Set<() => void>()

  let state = newElection(clock.monotonicMs())
  let timer: Timer | null = null
  let isStopped = false
  /** The last record that the store showed, and when. */
  let known: { readonly record: LeaseRecord; readonly atMs: number } | null = null
  let highest: LeaseFence = { epoch: 0, nonce: '' }
  let gained: Gained | null = null
  /** Nonce of the lease whose holder has read everything that was written before it. */
  let caughtUpWith: string | null = null
  let told = { leading: false, leader: '' }
  let leaderlessSinceMs: UnixMs | null = clock.unixMs()
  let releaseCall: Promise<void> = Promise.resolve()
  let handOverEnded: ((event: ElectionEvent) => void) | null = null

  const call = createLeaseCalls({
    platform,
    store,
    self,
    leaseTtlMs: timings.leaseTtlMs,
    writesAnswered: () => deps.leaderIdle(WRITES_ANSWERED_MS_MAX),
    incarnationOf(id) {
      const controller = cache.get('controller', id)?.value
      return controller?.state === 'live' ? controller.incarnation : undefined
    },
    onRecord(record, how) {
      known = record ? { record, atMs: clock.monotonicMs() } : null
      if (record && record.epoch >= highest.epoch) highest = { epoch: record.epoch, nonce: record.nonce }
      if (record && how) gained = { record, ...how }
    },
  })

  function step(event: ElectionEvent): void {
    const seen = state.seen?.holder
    const live = [...cache.all('controller').values()].filter(
      ({ value }) => value.state === 'live' && value.id !== seen,
    )
    const next = electionStep(state, event, {
      nowMs: clock.monotonicMs(),
      self,
      rank: rankOf(
        self.id,
        live.map(({ value }) => value.id),
        highest.epoch,
      ),
      timings,
      random: platform.random,
      freshNonce: () => platform.ids.nonce(),
    })
    state = next.state
    for (const effect of next.effects) carryOut(effect)
    tell()
  }

  function carryOut(effect: ElectionEffect): void {
    switch (effect.kind) {
      case 'wake':
        timer?.cancel()
        if (!isStopped)
          timer = timers.after(Math.max(0, effect.atMs - clock.monotonicMs()), () => step({ kind: 'timer' }))
        return
      case 'become-leader':
        beginReign(effect)
        return
      case 'step-down':
        log.warn('no longer leads', { because: effect.because })
        return
      case 'count-stale-write':
        for (const listener of staleListeners) listener()
        return
      case 'release':
        releaseCall = call(effect).then(() => undefined)
        return
      default:
        void ask(effect)
    }
  }

  async function ask(effect: Parameters<typeof call>[0]): Promise<void> {
    const event = await call(effect)
    if (event) step(event)
    if (event && effect.kind === 'transfer') handOverEnded?.(event)
  }

  function beginReign({ fence, how, previous }: Extract<ElectionEffect, { kind: 'become-leader' }>): void {
    caughtUpWith = null
    log.info('leads', { epoch: fence.epoch, how, previous })
    const lease = gained?.record.nonce === fence.nonce ? gained : null
    const gapMs = lease?.previous ? Math.max(0, lease.record.sinceMs - lease.previous.renewedAtMs) : null
    const reign: NewReign = {
      epoch: fence.epoch,
      holder: self.id,
      previous: previous === self.id ? null : previous,
      how,
      gapMs,
    }
    const gainedAtMs = clock.monotonicMs()
    void catchUp(fence.nonce).then((isReady) => {
      if (!isReady) return
      for (const listener of reignListeners) listener(reign, gainedAtMs)
      tell()
    })
  }

  /** A new leader decides nothing before it knows everything that was decided before it. */
  async function catchUp(nonce: string): Promise<boolean> {
    while (state.fence?.nonce === nonce) {
      try {
        await cache.fresh()
        if (state.fence?.nonce !== nonce) return false
        caughtUpWith = nonce
        return true
      } catch {
        await new Promise<void>((resolve) => timers.after(CATCH_UP_RETRY_MS, resolve))
      }
    }
    return false
  }

  function fence(): LeaseFence | null {
    const held = decidingFence(state, clock.monotonicMs())
    return held && held.nonce === caughtUpWith && cache.complete ? held : null
  }

  function leader(): ReturnType<LeadershipHandle['leader']> {
    if (!known) return null
    const { record, atMs } = known
    const isLapsed = clock.monotonicMs() - atMs >= record.msLeft
    if (isLapsed || state.gone?.nonce === record.nonce) return null
    return { controllerId: record.holder, epoch: record.epoch, sinceMs: record.sinceMs }
  }

  /** Tells listeners when who leads, or whether this controller decides, is not what they were told last. */
  function tell(): void {
    const now = leader()
    leaderlessSinceMs = now ? null : (leaderlessSinceMs ?? clock.unixMs())
    const next = { leading: fence() !== null, leader: now ? `${now.controllerId}/${now.epoch}` : '' }
    if (next.leading === told.leading && next.leader === told.leader) return
    told = next
    for (const listener of [...changeListeners]) listener({ leading: next.leading })
  }

  return {
    fence,
    leader,
    lastSeen: () => highest,
    leaderlessSinceMs: () => (leader() ? null : (leaderlessSinceMs ?? clock.unixMs())),
    subscribe: (listener) => listen(changeListeners, listener),
    fenced: () => step({ kind: 'fenced' }),
    decided() {
      for (const listener of decidedListeners) listener()
    },
    onReign: (listener) => listen(reignListeners, listener),
    onDecided: (listener) => listen(decidedListeners, listener),
    onStaleWrite: (listener) => listen(staleListeners, listener),

    async start() {
      await store.presence.announce(self.incarnation)
      store.onHistory(() => step({ kind: 'history' }))
      step({ kind: 'start' })
    },
    async resign() {
      isStopped = true
      step({ kind: 'resign' })
      timer?.cancel()
      await releaseCall
    },
    lookNow() {
      if (state.role !== 'leader' && !isStopped) step({ kind: 'timer' })
    },
    epochSeen(epoch) {
      // Believing any number would let one agent use up all epochs.
      if (epoch > highest.epoch && epoch <= clock.unixMs() + EPOCH_AHEAD_MS_MAX) step({ kind: 'floor', epoch })
    },

    async handOver(to) {
      if (to === self.id || !fence() || handOverEnded)
        return fail(clusterError('not_leader', 'This controller does not lead.', { retryAfterMs: 500 }))
      const ended = new Promise<ElectionEvent>((resolve) => {
        handOverEnded = resolve
      })
      step({ kind: 'transfer', to })
      const event = await ended
      handOverEnded = null
      if (event.kind === 'transferred' && known?.record.nonce === event.record.nonce) return ok(known.record)
      return fail(
        clusterError('unavailable', `Leadership could not be handed to ${to}.`, {
          remedy: 'Try again.',
          retryAfterMs: 1_000,
        }),
      )
    },
  }
}
