import type { ControllerId, Incarnation, NodeId, Timings } from '@quarterdeck/domain'
import type { Platform } from '@quarterdeck/platform'
import { committer as createCommitter, type Hello, readCache, type Store } from '@quarterdeck/store'
import { createAccessService } from './access/create-access-service.ts'
import { createAutoscaleLoop } from './autoscale/autoscale-loop.ts'
import { createBroadcastLoop } from './broadcasts/broadcast-loop.ts'
import { createBroadcastsService } from './broadcasts/create-broadcasts-service.ts'
import type { ControlPlane } from './contract.ts'
import { createControlService } from './controllers/control-service.ts'
import { controlPlaneView } from './controllers/control-view.ts'
import { keepOwnRecord } from './controllers/keep-own-record.ts'
import { carryOutTransfers } from './controllers/move-leadership.ts'
import { createPeerWatch } from './controllers/watch-peers.ts'
import type { Core } from './core.ts'
import { countedCommitter } from './counted-committer.ts'
import { newCounters } from './counters.ts'
import type { Crypto, PasswordHasher } from './crypto.ts'
import { createDispatcher } from './dispatch/dispatcher.ts'
import { createDrainLoop } from './drain/drain-loop.ts'
import { createBreakerLoop } from './faults/breaker-loop.ts'
import { createFaultsService } from './faults/create-faults-service.ts'
import { createFallbackLoop } from './faults/fallback-loop.ts'
import { watchCordonSuggestions } from './faults/watch-cordon-suggestions.ts'
import { watchResults } from './faults/watch-results.ts'
import { createJobTemplatesService } from './job-templates/create-job-templates-service.ts'
import { recordTakeovers } from './leadership/record-takeovers.ts'
import { runElection } from './leadership/run-election.ts'
import { runLife } from './life.ts'
import { createClusterService } from './live/create-cluster-service.ts'
import { createEventsService } from './live/event-log.ts'
import { createSlots } from './live/slots.ts'
import { createLogRelay } from './logs/log-relay.ts'
import { createLoopWatch } from './loop-watch.ts'
import { createNodesService } from './nodes/create-nodes-service.ts'
import { createOperationsService } from './nodes/operations-service.ts'
import { createNodeWatch } from './nodes/watch-nodes.ts'
import { createPlansService } from './plans/create-plans-service.ts'
import { nodeActNow } from './plans/track-acts.ts'
import { createPoolsService } from './pools/create-pools-service.ts'
import { createPoolLoop } from './pools/pool-loop.ts'
import { createRebalanceLoop } from './rebalance/rebalance-loop.ts'
import { createReporter } from './reports/create-reporter.ts'
import { reconcileHeldAttempts } from './reports/held-attempts.ts'
import { createRecentResults } from './reports/recent-results.ts'
import { createRetentionLoop } from './retention/retention-loop.ts'
import { createSchedulesService } from './schedules/create-schedules-service.ts'
import { createScheduleLoop } from './schedules/schedule-loop.ts'
import { createClusterView } from './scheduling/cluster-view.ts'
import { createSchedulingLoop } from './scheduling/scheduling-loop.ts'
import { createTaskQueue } from './scheduling/task-queue.ts'
import { serviceActNow } from './service-plans/track-service-acts.ts'
import { createServicesService } from './services/create-services-service.ts'
import { createServicesLoop } from './services/services-loop.ts'
import { createAgentGateway } from './sessions/agent-gateway.ts'
import { createAgentHub } from './sessions/agent-hub.ts'
import { beatIntervalFor } from './sessions/beat-interval.ts'
import { createStorePulse } from './store-pulse.ts'
import { watchSurvival } from './survival/watch-survival.ts'
import { createTasksService } from './tasks/create-tasks-service.ts'
import { createTaskIndex } from './tasks/task-index.ts'
import type { PeerLogs } from './tasks/task-logs.ts'
import { createLoadBook } from './telemetry/load-book.ts'
import { createTelemetryLane } from './telemetry/telemetry-lane.ts'
import { createOwnVitals, createVitalsService } from './vitals.ts'
import type { CallWebhook } from './webhook.ts'
import { createOperationTracker } from './work-loops/operation-tracker.ts'
import { createTaskChanges } from './work-loops/task-changes.ts'
import { createTaskLoop } from './work-loops/task-loop.ts'
import { createWorkflowsService } from './workflows/create-workflows-service.ts'
import { createWorkflowLoop } from './workflows/workflow-loop.ts'

export type ControlPlaneInput = {
  readonly platform: Platform
  readonly store: Store
  readonly timings: Timings
  readonly identity: {
    readonly id: ControllerId
    /** This life of the process; never used before. */
    readonly incarnation: Incarnation
    /** Where browsers, agents and peers reach this controller. */
    readonly url: string
    readonly version: string
    /** The node that it runs on, when a promotion started it. */
    readonly nodeId: NodeId | null
  }
  readonly options: {
    readonly crypto: Crypto
    readonly hasher: PasswordHasher
    readonly peerLogs: PeerLogs
    readonly callWebhook: CallWebhook
    /** What a controller that is started on this node needs: the store's address, the cluster's name. */
    readonly controllerEnvForNode: (nodeId: NodeId) => Record<string, string>
    /** Memory of this process; null where it cannot be told. */
    readonly memoryBytes: () => number | null
  }
}

export type RunningControlPlane = {
  readonly controlPlane: ControlPlane
  /** Resolves when the cluster has been read and this controller takes part. Waits as long as the store is away. */
  start(): Promise<void>
  /** A planned stop: leadership is handed over, agents are sent elsewhere, the others are told. */
  stop(): Promise<void>
}

/** Puts one controller together. Nothing happens before `start`. */
export function createControlPlane({
  platform,
  store,
  timings,
  identity,
  options,
}: ControlPlaneInput): RunningControlPlane {
  const { crypto, hasher, peerLogs } = options
  const counters = newCounters()
  const cache = readCache({ store, platform })
  // Before any other subscriber, so that those read the tasks as of the change they are told of.
  const taskIndex = createTaskIndex(cache)
  const calls: Pick<Store, 'commit'> = {
    commit(commits) {
      counters.commitCalls++
      return store.commit(commits)
    },
  }
  const committer = countedCommitter(createCommitter({ store: calls, platform, cache }), counters, platform)
  const election = runElection({ platform, store, cache, timings, self: identity, leaderIdle: committer.leaderIdle })
  const table = createAgentHub()
  const beatIntervalMs = () => beatIntervalFor(table.size, timings)
  const loads = createLoadBook(platform.clock, beatIntervalMs)
  const core: Core = {
    ...identity,
    platform,
    timings,
    store,
    cache,
    tasks: taskIndex,
    committer,
    counters,
    leadership: election,
    hub: table,
    loads,
  }

  const loop = createLoopWatch(platform, timings.stallMs)
  const pulse = createStorePulse(platform, store)
  const ownVitals = createOwnVitals(core, {
    table,
    loop,
    pulse,
    memoryBytes: options.memoryBytes,
    beatIntervalMs,
    brake: () => nodeWatch.brake(),
  })
  const lane = createTelemetryLane({
    ...identity,
    platform,
    store,
    loads,
    flushMs: timings.beatFlushMs,
    vitals: ownVitals,
  })
  const nodeWatch = createNodeWatch(core, { lane, loop, pulse })
  const peerWatch = createPeerWatch(core, {
    lane,
    onDied: nodeWatch.controllerDied,
    onSilent: nodeWatch.controllerSilent,
  })
  const ownRecord = keepOwnRecord(core, identity.nodeId)

  const view = createClusterView(core)
  const changes = createTaskChanges(core)
  const scheduling = createSchedulingLoop(core, { view, queue: createTaskQueue(core) })
  const results = watchResults(core)
  const cordonSuggestions = watchCordonSuggestions(core)
  const dispatch = createDispatcher(core, {
    reconcileHeld: (inventory) => reconcileHeldAttempts(core, changes, inventory),
  })
  const relay = createLogRelay(core)
  const recent = createRecentResults()
  const gateway = createAgentGateway(core, {
    crypto,
    table,
    lane,
    loads,
    dispatch,
    reporter: createReporter(core, { endedByAgent: dispatch.endedByAgent, results, recent }),
    logs: relay,
    controllerEnvForNode: options.controllerEnvForNode,
    epochSeen: election.epochSeen,
  })

  const survival = watchSurvival(core, view)

  let hello: Hello | null = null
  const slots = createSlots()
  const events = createEventsService(core)
  const control = createControlService(core, () => controlPlaneView(core, { lane, ownVitals, hello: () => hello }))
  /** Held by the leader; the others know it from the leader's telemetry. */
  const brake = () => {
    const leaderId = election.leader()?.controllerId
    return nodeWatch.brake() ?? (leaderId ? (lane.peers().get(leaderId)?.vitals.brake ?? null) : null)
  }

  recordTakeovers(core, election)
  carryOutTransfers(core, election, lane)
  lane.onLeaseMoved(election.lookNow)
  store.onHistory((now) => {
    hello = now
  })

  const tasks = createTasksService(core, { crypto, placer: scheduling, view, relay, peerLogs, recent })
  const controlPlane: ControlPlane = {
    id: identity.id,
    access: createAccessService(core, { crypto, hasher }),
    agents: gateway,
    nodes: createNodesService(core, { slots, loads, view, control }),
    tasks,
    operations: createOperationsService(core),
    plans: createPlansService(core, view),
    schedules: createSchedulesService(core),
    broadcasts: createBroadcastsService(core, { crypto, view }),
    faults: createFaultsService(core, cordonSuggestions),
    pools: createPoolsService(core),
    services: createServicesService(core, { view }),
    workflows: createWorkflowsService(core, { crypto }),
    jobTemplates: createJobTemplatesService(core, { tasks }),
    control,
    events,
    cluster: createClusterService(core, {
      slots,
      events,
      control,
      brake,
      survivability: survival.current,
      cordonSuggestions,
      view,
    }),
    vitals: createVitalsService(core, { table, loop, pulse }),
  }
  const life = runLife(core, {
    election,
    lane,
    gateway,
    ownRecord,
    parts: [
      loop,
      pulse,
      nodeWatch,
      peerWatch,
      scheduling,
      survival,
      createTaskLoop(core, { changes, heardAtMs: nodeWatch.heardAtMs }),
      createBreakerLoop(core, results),
      createFallbackLoop(core),
      createPoolLoop(core, { view, crypto, callWebhook: options.callWebhook, brake }),
      createServicesLoop(core, { changes }),
      createAutoscaleLoop(core),
      createOperationTracker(core, (operation) => serviceActNow(core, operation) ?? nodeActNow(core, operation)),
      createDrainLoop(core, { view, changes }),
      createScheduleLoop(core),
      createBroadcastLoop(core, { changes }),
      createWorkflowLoop(core),
      createRebalanceLoop(core, { view, changes }),
      createRetentionLoop(core),
    ],
    onHello: (now) => {
      hello = now
    },
  })
  return { controlPlane, ...life }
}
