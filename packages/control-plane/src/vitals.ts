import { primaryStatus } from '@quarterdeck/domain'
import type { VitalsService } from './contract.ts'
import type { Core } from './core.ts'
import { isVouched } from './live/rows.ts'
import type { LoopWatch } from './loop-watch.ts'
import type { SessionTable } from './sessions/agent-hub.ts'
import type { StorePulse } from './store-pulse.ts'
import type { ControllerVitals } from './telemetry/telemetry-message.ts'

const LAG_OVER_MS = 5_000
/** A view that is older than this is not one to answer from without saying so. */
const READY_BEHIND_MS_MAX = 10_000

type Deps = {
  readonly table: SessionTable
  readonly loop: LoopWatch
  readonly pulse: StorePulse
  readonly memoryBytes: () => number | null
  readonly beatIntervalMs: () => number
  /** The mass brake's sentence while this controller holds it. */
  readonly brake: () => string | null
}

/** What this controller says of itself to the others. */
export function createOwnVitals(core: Core, deps: Deps): () => ControllerVitals {
  return () => ({
    revision: core.cache.revision,
    behindMs: core.cache.asOf().behindMs,
    storeRoundTripMs: deps.pulse.roundTripMs(),
    eventLoopLagMs: Math.round(deps.loop.lagMs(LAG_OVER_MS)),
    agents: deps.table.size,
    pages: core.counters.streams,
    memoryBytes: deps.memoryBytes(),
    beatIntervalMs: deps.beatIntervalMs(),
    storeAway: deps.pulse.isAway(),
    brake: deps.brake(),
  })
}

/** What it says to probes and to Prometheus. */
export function createVitalsService(core: Core, deps: Pick<Deps, 'table' | 'loop' | 'pulse'>): VitalsService {
  return {
    ready() {
      const { behindMs } = core.cache.asOf()
      if (!core.cache.complete) return { ready: false, because: 'the cluster has not been read from the store yet' }
      if (behindMs > READY_BEHIND_MS_MAX)
        return { ready: false, because: `the store has not answered for ${Math.round(behindMs / 1_000)} s` }
      return { ready: true, because: 'the view of the cluster is complete and current' }
    },

    metrics() {
      const { counters } = core
      const vouched = isVouched(core)
      const nodesByStatus: Record<string, number> = {}
      for (const { value } of core.cache.all('node').values()) {
        const status = primaryStatus(value, { vouched })
        nodesByStatus[status] = (nodesByStatus[status] ?? 0) + 1
      }
      return {
        nodesByStatus,
        tasksByState: core.tasks.counts(),
        agentSessions: deps.table.size,
        streams: counters.streams,
        isLeader: core.leadership.fence() !== null,
        epoch: core.leadership.lastSeen().epoch,
        revision: core.cache.revision,
        behindMs: core.cache.asOf().behindMs,
        storeRoundTripMs: deps.pulse.roundTripMs(),
        eventLoopLagMs: deps.loop.lagMs(LAG_OVER_MS),
        beatsTotal: counters.beats,
        commitsTotal: counters.commits,
        commitCallsTotal: counters.commitCalls,
        commitsWaiting: core.committer.waiting,
        conflictsTotal: counters.conflicts,
        fencedTotal: counters.fenced,
        placementsTotal: counters.placements,
        refusalsTotal: counters.refusals,
        reportsTotal: counters.reports,
        tasksFinishedTotal: { ...counters.finished },
        suspicionsTotal: counters.suspicions,
        falseSuspicionsTotal: counters.falseSuspicions,
        takeoversTotal: counters.takeovers,
      }
    },
  }
}
