import {
  type ClusterEvent,
  type ControllerId,
  type Leadership,
  limits,
  type Takeover,
  type UnixMs,
} from '@quarterdeck/domain'

const noTakeovers: Leadership = {
  v: 1,
  id: 'main',
  mode: 'dynamic',
  takeovers: [],
  staleWritesRefused: 0,
  wanted: null,
}

/** A lease that this controller just got, as the store told it. */
export type NewReign = {
  readonly epoch: number
  readonly holder: ControllerId
  readonly previous: ControllerId | null
  /** The store's word: `free`, `lapsed`, `presence-gone`, `unchanged`, `again`, or `transfer`. */
  readonly how: string
  readonly gapMs: number | null
}

/** The leadership object with one more takeover, newest first. A wish to move leadership ends with it. */
export function withTakeover(before: Leadership | undefined, reign: NewReign, atMs: UnixMs): Leadership {
  const leadership = before ?? noTakeovers
  const takeover: Takeover = {
    ...reign,
    how: howInWords(reign, leadership.takeovers.length === 0),
    atMs,
    firstDecisionMs: null,
  }
  return { ...leadership, takeovers: [takeover, ...leadership.takeovers].slice(0, limits.takeoversKept), wanted: null }
}

export function withFirstDecision(leadership: Leadership, epoch: number, firstDecisionMs: number): Leadership {
  return {
    ...leadership,
    takeovers: leadership.takeovers.map((takeover) =>
      takeover.epoch === epoch ? { ...takeover, firstDecisionMs } : takeover,
    ),
  }
}

export function electedEvent({ holder, previous, epoch, gapMs }: NewReign, how: Takeover['how']): ClusterEvent {
  const after: Record<Takeover['how'], string> = {
    first: 'the first leader of this cluster',
    released: `after ${previous ?? 'the leader before'} resigned`,
    transfer: `handed over by ${previous ?? 'the leader before'}`,
    lapsed: `the lease of ${previous ?? 'the leader before'} had lapsed`,
    'presence-gone': `${previous ?? 'the leader before'} is gone`,
    unchanged: `${previous ?? 'the leader before'} renewed nothing for 1.5 leases`,
  }
  const gap = gapMs === null ? '' : `, ${(gapMs / 1_000).toFixed(2)} s after its last renewal`
  return {
    type: 'leader.elected',
    subject: { kind: 'controller', id: holder },
    severity: how === 'first' || how === 'transfer' || how === 'released' ? 'notice' : 'warning',
    text: `${holder} leads: ${after[how]}${gap}`,
    data: { epoch, how },
  }
}

function howInWords({ how, previous }: NewReign, isFirst: boolean): Takeover['how'] {
  switch (how) {
    case 'transfer':
    case 'lapsed':
    case 'presence-gone':
    case 'unchanged':
      return how
    default:
      // A free lease was never held, or was given back. `again`: the answer to the first try was lost, so nobody saw how.
      return isFirst && previous === null ? 'first' : 'released'
  }
}
