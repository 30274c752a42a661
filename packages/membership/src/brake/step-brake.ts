import { isGone, type MonotonicMs, type NodeHealth, type NodeId, type Timings } from '@quarterdeck/domain'

/** What the mass brake sees of one node. */
export type BrakeMember = {
  readonly nodeId: NodeId
  readonly zone: string
  readonly health: NodeHealth
  readonly silentSinceMs: MonotonicMs | null
}

export type BrakeState = { readonly held: BrakeHold | null }

export type BrakeHold = {
  readonly sinceMs: MonotonicMs
  /** One sentence for the banner. */
  readonly reason: string
  /** The zone that set it; null = the whole cluster. */
  readonly zone: string | null
}

export const freeBrake: BrakeState = { held: null }

/** A zone smaller than this has no share worth speaking of, and one node alone is never a mass. */
const ZONE_NODES_MIN = 3
const SILENT_NODES_MIN = 2

/**
 * Says whether so many nodes fell silent at once that the cause is more likely to be between us and them than in each of them.
 *
 * While the brake holds, nothing is declared down. It is set when at least `brakeZoneShare` of a zone or `brakeClusterShare` of the
 * cluster fell silent within `brakeWindowMs`, and let go when fewer than that are still silent, or when an operator released it.
 */
export function stepBrake(
  state: BrakeState,
  members: readonly BrakeMember[],
  context: { readonly nowMs: MonotonicMs; readonly timings: Timings; readonly released: boolean },
): BrakeState {
  if (context.released) return freeBrake
  // Nodes that are known to be gone are neither part of the cluster nor of its silence.
  const present = members.filter(({ health }) => !isGone(health))
  if (state.held) return stillSilent(state.held, present, context.timings) ? state : freeBrake

  const recent = (member: BrakeMember) =>
    member.silentSinceMs !== null && context.nowMs - member.silentSinceMs <= context.timings.brakeWindowMs
  for (const [zone, inZone] of byZone(present)) {
    const silent = inZone.filter(recent).length
    if (inZone.length >= ZONE_NODES_MIN && exceeds(silent, inZone.length, context.timings.brakeZoneShare)) {
      return hold(context, zone, `${silent} of ${inZone.length} nodes in zone ${zone}`)
    }
  }
  const silent = present.filter(recent).length
  if (exceeds(silent, present.length, context.timings.brakeClusterShare)) {
    return hold(context, null, `${silent} of ${present.length} nodes`)
  }
  return freeBrake
}

function hold(
  { nowMs, timings }: { readonly nowMs: MonotonicMs; readonly timings: Timings },
  zone: string | null,
  who: string,
): BrakeState {
  const reason = `${who} fell silent within ${timings.brakeWindowMs / 1_000} s. None is declared down and no work is moved until they answer or an operator releases the brake.`
  return { held: { sinceMs: nowMs, reason, zone } }
}

function stillSilent({ zone }: BrakeHold, present: readonly BrakeMember[], timings: Timings): boolean {
  const concerned = zone === null ? present : present.filter((member) => member.zone === zone)
  const silent = concerned.filter(({ silentSinceMs }) => silentSinceMs !== null).length
  return exceeds(silent, concerned.length, zone === null ? timings.brakeClusterShare : timings.brakeZoneShare)
}

function exceeds(silent: number, total: number, share: number): boolean {
  return silent >= SILENT_NODES_MIN && silent / total >= share
}

function byZone(members: readonly BrakeMember[]): Map<string, BrakeMember[]> {
  const zones = new Map<string, BrakeMember[]>()
  for (const member of members) {
    const inZone = zones.get(member.zone)
    if (inZone) inZone.push(member)
    else zones.set(member.zone, [member])
  }
  return zones
}
