import type { ClusterEvent } from '@quarterdeck/domain'
import { type BrakeMember, type BrakeState, freeBrake, type MemberState, stepBrake } from '@quarterdeck/membership'
import { ownMeta } from '../actor.ts'
import type { Core } from '../core.ts'

export type MassBrake = {
  /** Sets or lets go. */
  look(members: Iterable<MemberState>): void
  /** The banner's sentence while it holds. */
  reason(): string | null
  reset(): void
}

/** Keeps the leader from declaring nodes down when so many fall silent at once that it is more likely to be alone than they are. */
export function createMassBrake(core: Core): MassBrake {
  let state: BrakeState = freeBrake

  function asBrakeMember({ nodeId, health, silentSinceMs }: MemberState): BrakeMember {
    return { nodeId, zone: core.cache.get('node', nodeId)?.value.zone ?? '', health, silentSinceMs }
  }

  function say(event: Omit<ClusterEvent, 'subject'>): void {
    core.platform.log.warn(event.text)
    const fence = core.leadership.fence()
    if (!fence) return
    const meta = ownMeta(core, [{ ...event, subject: { kind: 'cluster', id: 'cluster' } }])
    // An event without a change of state: losing it loses no decision.
    core.committer.commit({ fence, changes: [], meta }, 'priority').catch(() => undefined)
  }

  return {
    look(members) {
      const all = [...members]
      // The usual case costs nothing: nobody is silent and nothing is held.
      if (!state.held && all.every(({ silentSinceMs }) => silentSinceMs === null)) return
      const nowUnixMs = core.platform.clock.unixMs()
      const releasedUntilMs = core.cache.get('settings', 'cluster')?.value.brakeReleasedUntilMs ?? null
      const released = releasedUntilMs !== null && releasedUntilMs > nowUnixMs
      const before = state
      state = stepBrake(state, all.map(asBrakeMember), {
        nowMs: core.platform.clock.monotonicMs(),
        timings: core.timings,
        released,
      })
      if (state.held && !before.held) say({ type: 'brake.held', severity: 'error', text: state.held.reason })
      if (!state.held && before.held) {
        const text = released
          ? 'The mass brake was released by an operator.'
          : 'The mass brake let go: enough nodes answer again.'
        say({ type: 'brake.released', severity: 'notice', text })
      }
    },
    reason: () => state.held?.reason ?? null,
    reset() {
      state = freeBrake
    },
  }
}
