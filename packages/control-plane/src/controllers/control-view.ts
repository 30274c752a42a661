import type { Controller, ControllerView, ControlPlaneView } from '@quarterdeck/domain'
import type { Hello } from '@quarterdeck/store'
import type { Core } from '../core.ts'
import type { TelemetryLane } from '../telemetry/telemetry-lane.ts'
import type { ControllerVitals } from '../telemetry/telemetry-message.ts'

/** A peer that was not heard for this long has no numbers worth showing. */
const PULSE_MS_MAX = 5_000

type Deps = {
  readonly lane: TelemetryLane
  readonly ownVitals: () => ControllerVitals
  readonly hello: () => Hello | null
}

/** The control plane as this controller sees it. */
export function controlPlaneView(core: Core, deps: Deps): ControlPlaneView {
  const leader = core.leadership.leader()
  const controllers = [...core.cache.all('controller').values()]
    .map(({ value }) => controllerView(core, deps, value))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const hello = deps.hello()
  return {
    leadership: core.cache.get('leadership', 'main')?.value ?? null,
    leader,
    controllers,
    tolerance: tolerance(controllers.filter(({ state }) => state === 'live').length),
    store: {
      historyId: core.cache.historyId,
      version: hello?.version ?? 'unknown',
      durability: hello?.durability ?? 'written',
      warnings: hello?.warnings ?? [],
    },
  }
}

function controllerView(core: Core, { lane, ownVitals }: Deps, controller: Controller): ControllerView {
  const leader = core.leadership.leader()
  const leads = controller.state === 'live' && leader?.controllerId === controller.id
  const nowMs = core.platform.clock.monotonicMs()
  const pulse = lane.peers().get(controller.id)
  const isOwn = controller.id === core.id
  const ageMs = isOwn ? 0 : pulse?.incarnation === controller.incarnation ? nowMs - pulse.heardAtMs : null
  const isFresh = ageMs !== null && ageMs <= PULSE_MS_MAX && controller.state === 'live'
  const vitals = !isFresh ? null : isOwn ? ownVitals() : (pulse?.vitals ?? null)
  return {
    ...controller,
    role: leads ? 'leader' : controller.state === 'live' ? 'standby' : controller.state,
    epoch: leads && leader ? leader.epoch : null,
    behindMs: vitals?.behindMs ?? null,
    storeRoundTripMs: vitals?.storeRoundTripMs ?? null,
    eventLoopLagMs: vitals?.eventLoopLagMs ?? null,
    agents: vitals?.agents ?? null,
    pages: vitals?.pages ?? null,
    lastContactMs: ageMs === null ? null : Math.round(ageMs),
    memoryBytes: vitals?.memoryBytes ?? null,
  }
}

function tolerance(live: number): string {
  if (live <= 1)
    return `${live === 1 ? 'One controller is' : 'No controller is'} live: there is no failover. The state is as safe as its Redis.`
  return `${live} controllers live. You can lose ${live - 1}; the state is as safe as its Redis.`
}
