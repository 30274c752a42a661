import { type Controller, type ControllerId, type Incarnation, ok } from '@quarterdeck/domain'
import { ownMeta } from '../actor.ts'
import { replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Core } from '../core.ts'
import type { TelemetryLane } from '../telemetry/telemetry-lane.ts'
import { repeating } from '../work-loops/repeating.ts'

const LOOK_EVERY_MS = 250
/** Silence after which a peer's presence is asked for; a healthy one is heard several times in it. */
const SILENT_FLUSHES = 4
/** A peer whose connection is open but which says nothing for this many lease TTLs is stopped or stuck. */
const STUCK_TTLS = 3

export type PeerWatch = { start(): void; stop(): void }

export type PeerWatchDeps = {
  readonly lane: TelemetryLane
  readonly onDied: (controllerId: ControllerId) => void
  /** Once for each time that a peer stops being heard: it may be dead, stopped, or cut off from the store. */
  readonly onSilent: (controllerId: ControllerId) => void
}

/**
 * The leader's eye on the other controllers. Death is told by the end of the process's connection to the store (its presence), found
 * gone twice; silence alone only after a long time.
 */
export function createPeerWatch(core: Core, deps: PeerWatchDeps): PeerWatch {
  const { clock } = core.platform
  /** When a peer's presence was first found gone. */
  const goneSinceMs = new Map<Incarnation, number>()
  const silent = new Set<Incarnation>()
  const looking = repeating(core.platform, LOOK_EVERY_MS, () => void look())
  let leadsSinceMs: number | null = null
  let isLooking = false

  async function look(): Promise<void> {
    if (core.leadership.fence() === null) {
      leadsSinceMs = null
      silent.clear()
      return
    }
    leadsSinceMs ??= clock.monotonicMs()
    if (isLooking) return
    isLooking = true
    try {
      for (const { value } of core.cache.all('controller').values()) {
        if (value.state === 'live' && value.id !== core.id) await lookAt(value, leadsSinceMs)
      }
    } catch {
      // The store is away: nothing can be said of anybody.
      goneSinceMs.clear()
    }
    isLooking = false
  }

  async function lookAt(peer: Controller, sinceMs: number): Promise<void> {
    const nowMs = clock.monotonicMs()
    const pulse = deps.lane.peers().get(peer.id)
    const heardAtMs = pulse?.incarnation === peer.incarnation ? pulse.heardAtMs : sinceMs
    const silenceMs = nowMs - heardAtMs
    if (silenceMs < SILENT_FLUSHES * core.timings.beatFlushMs) {
      goneSinceMs.delete(peer.incarnation)
      silent.delete(peer.incarnation)
      return
    }
    if (!silent.has(peer.incarnation)) {
      silent.add(peer.incarnation)
      deps.onSilent(peer.id)
    }
    if (await core.store.presence.isPresent(peer.incarnation)) {
      goneSinceMs.delete(peer.incarnation)
      if (silenceMs >= STUCK_TTLS * core.timings.leaseTtlMs)
        await declareDown(peer, `it said nothing for ${seconds(silenceMs)}`)
      return
    }
    const firstMs = goneSinceMs.get(peer.incarnation)
    if (firstMs === undefined) goneSinceMs.set(peer.incarnation, nowMs)
    else if (nowMs - firstMs >= core.timings.presenceLookGapMs)
      await declareDown(peer, 'its connection to the store is gone')
  }

  async function declareDown(peer: Controller, because: string): Promise<void> {
    const done = await commitDraft(
      core,
      () => {
        const stored = core.cache.get('controller', peer.id)
        const isSame = stored?.value.incarnation === peer.incarnation && stored.value.state === 'live'
        if (!stored || !isSame) return ok({ value: false, changes: [], meta: ownMeta(core) })
        const next = { ...stored.value, state: 'down' as const, sinceMs: clock.unixMs() }
        const text = `controller ${peer.id} down: ${because}`
        const event = {
          type: 'controller.down',
          subject: { kind: 'controller', id: peer.id },
          severity: 'error',
          text,
        } as const
        return ok({ value: true, changes: [replace(stored, next)], meta: ownMeta(core, [event]) })
      },
      { asLeader: true },
    )
    if (!done.ok || !done.value.value) return
    goneSinceMs.delete(peer.incarnation)
    silent.delete(peer.incarnation)
    deps.onDied(peer.id)
  }

  return {
    start: looking.start,
    stop: looking.stop,
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
