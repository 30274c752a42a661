import type { ControllerId, MonotonicMs, Node, NodeId, Stored } from '@quarterdeck/domain'
import {
  type LocalHealth,
  type MemberContext,
  type MemberEvent,
  type MemberState,
  memberFrom,
  reconnectSpreadMs,
  stepLocalHealth,
  stepMember,
  trusted,
} from '@quarterdeck/membership'
import type { Timer } from '@quarterdeck/platform'
import type { Core } from '../core.ts'
import type { LoopWatch } from '../loop-watch.ts'
import { beatIntervalFor, stretchedTimings } from '../sessions/beat-interval.ts'
import type { StorePulse } from '../store-pulse.ts'
import type { NodeSign, TelemetryLane } from '../telemetry/telemetry-lane.ts'
import { createMassBrake } from './mass-brake.ts'
import { createHealthPublisher } from './publish-health.ts'

const TICK_MS = 250
const SELF_LOOK_MS = 1_000

export type NodeWatch = {
  start(): void
  stop(): void
  /** Sentence of the mass brake while this leader holds it. */
  brake(): string | null
  /** A controller is dead: its agents get the time to come back before anything is said of them. */
  controllerDied(controllerId: ControllerId): void
  /** A controller says nothing: its agents get the time to notice and to go elsewhere. */
  controllerSilent(controllerId: ControllerId): void
  /**
   * Own monotonic clock at the last beat, or at the last moment since which a missing one may be our own fault; undefined while this
   * controller does not watch. No beat was confirmed to the node after it.
   */
  heardAtMs(nodeId: NodeId): MonotonicMs | undefined
}

type Deps = { readonly lane: TelemetryLane; readonly loop: LoopWatch; readonly pulse: StorePulse }

/**
 * The leader's eye on the nodes: feeds the failure detector with beats and ends of sessions from all controllers, and stores what it
 * says. Begins anew at each takeover: what another leader heard is not known here, so every node first gets the grace time.
 */
export function createNodeWatch(core: Core, { lane, loop, pulse }: Deps): NodeWatch {
  const { clock, timers } = core.platform
  const publisher = createHealthPublisher(core)
  const brake = createMassBrake(core)
  const members = new Map<NodeId, MemberState>()
  const running: Timer[] = []
  let isWatching = false
  let localHealth: LocalHealth = trusted
  let wasAway = false
  let timings = core.timings

  function context(): MemberContext {
    return {
      nowMs: clock.monotonicMs(),
      unixMs: clock.unixMs(),
      timings,
      localHealth: localHealth.factor,
      reconnectSpreadMs: reconnectSpreadMs(members.size, core.timings),
      brake: brake.reason(),
      decidedBy: core.id,
    }
  }

  function step(member: MemberState, event: MemberEvent, ctx: MemberContext): void {
    const { state, effects } = stepMember(member, event, ctx)
    if (state !== member) members.set(member.nodeId, state)
    for (const effect of effects) {
      switch (effect.kind) {
        case 'publish-health':
          if (effect.to === 'suspect') core.counters.suspicions++
          publisher.add({
            nodeId: member.nodeId,
            evidence: effect.evidence,
            falseSuspicions: state.falseSuspicions,
            sessionId: member.sessionId,
          })
          break
        case 'count-false-suspicion':
          core.counters.falseSuspicions++
          break
        case 'close-session':
          // Stored with the health: the controller that holds the session reads that it is over, and ends it.
          break
        default:
          effect satisfies never
      }
    }
  }

  function stepAll(event: MemberEvent): void {
    const ctx = context()
    for (const member of [...members.values()]) step(member, event, ctx)
  }

  function begin(): void {
    isWatching = true
    members.clear()
    brake.reset()
    const nowMs = clock.monotonicMs()
    for (const { value } of core.cache.all('node').values()) members.set(value.id, memberFrom(value, nowMs))
    stepAll({ kind: 'grace' })
  }

  function end(): void {
    isWatching = false
    members.clear()
    brake.reset()
    publisher.clear()
  }

  function leadershipChanged(): void {
    const leads = core.leadership.fence() !== null
    if (leads && !isWatching) begin()
    if (!leads && isWatching) end()
  }

  function heard(sign: NodeSign): void {
    if (!isWatching) return
    const member = members.get(sign.kind === 'beat' ? sign.nodeId : sign.closed.nodeId)
    if (!member) return
    step(member, memberEventOf(sign), context())
  }

  function nodeChanged(before: Stored<'node'> | undefined, after: Stored<'node'> | undefined): void {
    if (!after) {
      if (before) members.delete(before.value.id)
      return
    }
    const node = after.value
    const known = members.get(node.id) ?? memberFrom({ ...node, session: null }, clock.monotonicMs())
    if (!members.has(node.id)) members.set(node.id, known)
    const event = sessionEvent(known, node)
    if (event) step(known, event, context())
  }

  function tick(): void {
    // Level, not edge: the lease's deadline passes without a call.
    leadershipChanged()
    if (!isWatching) return
    brake.look(members.values())
    const ctx = context()
    for (const member of [...members.values()]) {
      // One that beat within its interval cannot be late; this is nearly all of them, nearly always.
      const isFresh = member.health === 'ready' && ctx.nowMs - member.heardMs < timings.beatIntervalMs
      if (!isFresh) step(member, { kind: 'tick' }, ctx)
    }
  }

  /** Interval of the controller that asks its agents for the fewest beats. */
  function slowestBeatMs(): number {
    const own = beatIntervalFor([...core.hub.sessions()].length, core.timings)
    return Math.max(own, ...[...lane.peers().values()].map(({ vitals }) => vitals.beatIntervalMs))
  }

  function lookAtSelf(): void {
    timings = stretchedTimings(core.timings, slowestBeatMs())
    const sample = { eventLoopLagMs: loop.lagMs(SELF_LOOK_MS), storeRoundTripMs: pulse.roundTripMs() }
    localHealth = stepLocalHealth(localHealth, sample)
    // Beats of other controllers come through the store: while it was away, silence meant nothing.
    if (wasAway && !pulse.isAway() && isWatching) stepAll({ kind: 'grace' })
    wasAway = pulse.isAway()
  }

  return {
    start() {
      lane.onSign(heard)
      loop.onStall(() => isWatching && stepAll({ kind: 'grace' }))
      core.leadership.subscribe(leadershipChanged)
      core.cache.subscribe((change) => {
        if (!isWatching) return
        if (change.kind === 'reset') return begin()
        for (const one of change.changes) if (one.kind === 'node') nodeChanged(one.before, one.after)
      })
      running.push(timers.every(TICK_MS, tick), timers.every(SELF_LOOK_MS, lookAtSelf))
    },
    stop() {
      for (const timer of running) timer.cancel()
      end()
    },
    brake: () => brake.reason(),
    heardAtMs: (nodeId) => members.get(nodeId)?.heardMs,
    controllerDied: (controllerId) => isWatching && stepAll({ kind: 'controller-died', controllerId }),
    controllerSilent: (controllerId) => isWatching && stepAll({ kind: 'controller-silent', controllerId }),
  }
}

function memberEventOf(sign: NodeSign): MemberEvent {
  if (sign.kind === 'beat') return { kind: 'beat', sessionId: sign.sessionId }
  return { kind: 'stream-closed', sessionId: sign.closed.sessionId, goodbye: sign.closed.goodbye }
}

/** What a change of the stored session tells the detector; null when it knows already. */
function sessionEvent(member: MemberState, node: Node): MemberEvent | null {
  const { session, incarnation } = node
  if (session && session.id !== member.sessionId) {
    return { kind: 'register', incarnation, sessionId: session.id, controllerId: session.controllerId }
  }
  const saidGoodbye = session === null && member.sessionId !== null && node.health !== 'down'
  return saidGoodbye ? { kind: 'stream-closed', sessionId: member.sessionId, goodbye: true } : null
}
