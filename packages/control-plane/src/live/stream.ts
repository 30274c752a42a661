import {
  type FeedEvent,
  limits,
  type NodeId,
  packLoad,
  type ServiceId,
  type StreamFrame,
  type StreamTopic,
  type TaskId,
} from '@quarterdeck/domain'
import type { ClusterService, ControlService, EventsService } from '../contract.ts'
import type { Core } from '../core.ts'
import { scheduleRow } from '../schedules/schedule-view.ts'
import { serviceRow } from '../services/service-row.ts'
import { loadRecords } from './load-records.ts'
import { createRecentChanges, type Touched, touchedBy } from './recent-changes.ts'
import { nodeRow, taskRow } from './rows.ts'
import type { Slots } from './slots.ts'
import { snapshotFrames } from './snapshot-frames.ts'
import { createWaiter } from './waiter.ts'

/** State frames are coalesced to 20 a second. */
const COALESCE_MS = 50
const BEAT_MS = 1_000
const EVENTS_PER_FRAME_MAX = 500

type Deps = {
  readonly slots: Slots
  readonly events: EventsService
  readonly control: Pick<ControlService, 'view'>
  readonly brake: () => string | null
}

/** What waits to be told to one page: ids, not rows, so that it is bounded by what exists and a slow page gets the latest. */
type Backlog = {
  readonly nodes: Set<string>
  readonly tasks: Set<string>
  readonly operations: Set<string>
  readonly schedules: Set<string>
  readonly services: Set<string>
  controllers: boolean
  events: FeedEvent[]
  reset: boolean
}

/** The live view: one subscription per page. See `domain/src/stream.ts` for the frames and what they promise. */
export function createLiveStream(core: Core, deps: Deps): ClusterService['stream'] {
  const recent = createRecentChanges()
  const listeners = new Set<(touched: Touched | 'reset') => void>()

  core.cache.subscribe((change) => {
    if (change.kind === 'reset') {
      recent.clear()
      for (const listener of listeners) listener('reset')
      return
    }
    const touched = touchedBy(change)
    recent.add(touched)
    for (const listener of listeners) listener(touched)
  })

  const cursorNow = () => `${core.cache.historyId}.main.${core.cache.revision}@${core.incarnation}`

  /** What a page missed since its cursor; null when it must start over. Slots are this process's own, hence the incarnation. */
  function missed(lastEventId: string | undefined): readonly Touched[] | null {
    const match = /^(.+)\.main\.(\d{1,15})@(.+)$/.exec(lastEventId ?? '')
    if (!match || match[1] !== core.cache.historyId || match[3] !== core.incarnation) return null
    return recent.since(Number(match[2]))
  }

  return async function* stream(input, signal) {
    const topics = new Set(input.topics)
    const waiter = createWaiter(core.platform.timers)
    const backlog = emptyBacklog()
    const listen = (touched: Touched | 'reset') => {
      collect(backlog, touched)
      waiter.wake()
    }
    listeners.add(listen)
    const leadership = core.leadership.subscribe(() => {
      // A leader's change shows on controllers and on the rows of the nodes that host them.
      backlog.controllers = true
      waiter.wake()
    })
    core.counters.streams += 1
    const out = (frame: StreamFrame) => ({ cursor: cursorNow(), frame })
    const now = () => core.platform.clock.unixMs()
    let dropped = 0
    let loadMark = -1

    try {
      const resumed = missed(input.lastEventId)
      for (const touched of resumed ?? []) collect(backlog, touched)
      yield out(hello(core, input.me, resumed === null))
      if (resumed === null) backlog.reset = true

      let nextBeatMs = core.platform.clock.monotonicMs() as number
      while (!signal.aborted) {
        if (backlog.reset && core.cache.complete) {
          Object.assign(backlog, emptyBacklog())
          loadMark = -1
          for await (const frame of snapshotFrames(core, deps, topics)) yield out(frame)
        }
        const state = stateFrame(core, deps, topics, backlog)
        if (state) yield out(state)

        const monotonicMs = core.platform.clock.monotonicMs()
        if (monotonicMs >= nextBeatMs) {
          nextBeatMs = monotonicMs + BEAT_MS
          if (topics.has('controllers')) backlog.controllers = true
          if (topics.has('nodes')) {
            const changed = core.loads.changedSince(loadMark)
            // Load goes first when a reader is slow: it is replaced in a second anyway.
            if (input.buffered() > limits.browserBufferBytesMax / 2) {
              dropped += 1
              core.counters.framesDropped += 1
            } else {
              loadMark = changed.mark
              if (changed.nodeIds.length > 0)
                yield out({
                  t: 'load',
                  serverMs: now(),
                  packed: packLoad(loadRecords(core, deps.slots, changed.nodeIds)),
                })
            }
          }
          yield out(tick(core, deps, dropped))
        }
        await waiter.wait(Math.max(0, nextBeatMs - core.platform.clock.monotonicMs()), signal)
        if (!signal.aborted && hasNews(backlog)) await createWaiter(core.platform.timers).wait(COALESCE_MS, signal)
      }
    } finally {
      listeners.delete(listen)
      leadership.cancel()
      core.counters.streams -= 1
    }
  }
}

function emptyBacklog(): Backlog {
  return {
    nodes: new Set(),
    tasks: new Set(),
    operations: new Set(),
    schedules: new Set(),
    services: new Set(),
    controllers: false,
    events: [],
    reset: false,
  }
}

function hasNews(backlog: Backlog): boolean {
  return (
    backlog.nodes.size +
      backlog.tasks.size +
      backlog.operations.size +
      backlog.services.size +
      backlog.schedules.size +
      backlog.events.length >
      0 ||
    backlog.controllers ||
    backlog.reset
  )
}

function collect(backlog: Backlog, touched: Touched | 'reset'): void {
  if (touched === 'reset') {
    backlog.reset = true
    return
  }
  for (const id of touched.nodes) backlog.nodes.add(id)
  for (const id of touched.tasks) backlog.tasks.add(id)
  for (const id of touched.operations) backlog.operations.add(id)
  for (const id of touched.schedules) backlog.schedules.add(id)
  for (const id of touched.services) backlog.services.add(id)
  if (touched.controllers) backlog.controllers = true
  backlog.events.push(...touched.events)
  // The event log has them all; a page that cannot keep up reads them there.
  if (backlog.events.length > EVENTS_PER_FRAME_MAX) backlog.events = backlog.events.slice(-EVENTS_PER_FRAME_MAX)
}

function hello(core: Core, me: Parameters<ClusterService['stream']>[0]['me'], reset: boolean): StreamFrame {
  return {
    t: 'hello',
    serverMs: core.platform.clock.unixMs(),
    controllerId: core.id,
    version: core.version,
    clusterName: core.cache.get('settings', 'cluster')?.value.clusterName ?? 'quarterdeck',
    user: { id: me.id, role: me.role },
    reset,
  }
}

function stateFrame(core: Core, deps: Deps, topics: ReadonlySet<StreamTopic>, backlog: Backlog): StreamFrame | null {
  if (!hasNews(backlog)) return null
  const taken = { ...backlog }
  if (taken.controllers) {
    for (const { value } of core.cache.all('controller').values()) if (value.nodeId) taken.nodes.add(value.nodeId)
  }
  Object.assign(backlog, emptyBacklog(), { reset: backlog.reset })

  const nodes = [...taken.nodes].map((id) => ({ id, stored: core.cache.get('node', id as NodeId) }))
  const tasks = [...taken.tasks].map((id) => ({ id, stored: core.cache.get('task', id as TaskId) }))
  const operations = [...taken.operations].flatMap((id) => core.cache.get('operation', id)?.value ?? [])
  const schedules = [...taken.schedules].map((id) => ({ id, stored: core.cache.get('schedule', id) }))
  return {
    t: 'state',
    serverMs: core.platform.clock.unixMs(),
    revision: core.cache.revision,
    ...(topics.has('nodes') && nodes.length > 0
      ? {
          nodes: nodes.flatMap(({ stored }) => (stored ? [nodeRow(core, deps.slots, stored.value)] : [])),
          nodesGone: nodes.filter(({ stored }) => !stored).map(({ id }) => id),
        }
      : {}),
    ...(topics.has('tasks') && tasks.length > 0
      ? {
          tasks: tasks.flatMap(({ stored }) => (stored ? [taskRow(stored)] : [])),
          tasksGone: tasks.filter(({ stored }) => !stored).map(({ id }) => id),
        }
      : {}),
    ...(taken.tasks.size > 0 ? { counts: core.tasks.counts() } : {}),
    ...(topics.has('operations') && operations.length > 0 ? { operations } : {}),
    ...(topics.has('schedules') && schedules.length > 0
      ? {
          schedules: schedules.flatMap(({ stored }) => (stored ? [scheduleRow(core, stored)] : [])),
          schedulesGone: schedules.filter(({ stored }) => !stored).map(({ id }) => id),
        }
      : {}),
    ...(topics.has('services') && taken.services.size > 0 ? servicesPart(core, taken.services) : {}),
    ...(topics.has('controllers') && taken.controllers ? { controllers: deps.control.view().controllers } : {}),
    ...(topics.has('events') && taken.events.length > 0 ? { events: taken.events } : {}),
  }
}

function servicesPart(core: Core, ids: ReadonlySet<string>) {
  const services = [...ids].map((id) => ({ id, stored: core.cache.get('service', id as ServiceId) }))
  return {
    services: services.flatMap(({ stored }) => (stored ? [serviceRow(core, stored)] : [])),
    servicesGone: services.filter(({ stored }) => !stored).map(({ id }) => id),
  }
}

function tick(core: Core, deps: Deps, dropped: number): StreamFrame {
  const asOf = core.cache.asOf()
  const leader = core.leadership.leader()
  return {
    t: 'tick',
    serverMs: core.platform.clock.unixMs(),
    revision: asOf.revision,
    behindMs: asOf.behindMs,
    leader: leader ? { controllerId: leader.controllerId, epoch: leader.epoch } : null,
    leaderlessSinceMs: core.leadership.leaderlessSinceMs(),
    storeAway: asOf.behindMs > core.timings.leaseTtlMs,
    brake: deps.brake(),
    dropped,
  }
}
