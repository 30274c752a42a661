import { z } from 'zod'
import type { roleSchema } from './access.ts'
import type { Columns } from './columns.ts'
import type { FeedEvent } from './event.ts'
import type { Operation } from './operation.ts'
import type { TaskState } from './task-states.ts'
import type { ControllerView, NodeRow, ScheduleRow, ServiceRow, TaskRow } from './views.ts'

/**
 * The one live subscription of a page: `cluster.stream`. Cursors are `<historyId>.<shard>.<revision>`; a cursor of another history,
 * or one that is too old, gets a `reset` and a whole snapshot, never silence.
 *
 * State frames are flushed at once, coalesced to 20 a second; load frames come once a second, latest value wins. State never waits
 * behind load, and a slow reader loses load frames first.
 */
export const streamTopicSchema = z.enum([
  'nodes',
  'tasks',
  'events',
  'operations',
  'controllers',
  'services',
  'schedules',
])
export type StreamTopic = z.infer<typeof streamTopicSchema>

export const streamInputSchema = z.strictObject({
  topics: z.array(streamTopicSchema).min(1),
  /** Set by the client library when it reconnects. */
  lastEventId: z.string().max(200).optional(),
})

export type TaskCounts = Readonly<Record<TaskState, number>>

export type StreamFrame =
  | {
      readonly t: 'hello'
      readonly serverMs: number
      readonly controllerId: string
      readonly version: string
      readonly clusterName: string
      readonly user: { readonly id: string; readonly role: z.infer<typeof roleSchema> }
      /** True when what the client holds must be thrown away and the snapshot frames that follow taken instead. */
      readonly reset: boolean
    }
  | {
      /** Part of the snapshot; `last` closes it. A client applies all parts at once, as a difference. */
      readonly t: 'snapshot'
      readonly serverMs: number
      readonly nodes?: Columns<NodeRow>
      /** Live tasks, and the newest terminal ones (at most 2,000 rows in all). */
      readonly tasks?: Columns<TaskRow>
      readonly controllers?: readonly ControllerView[]
      readonly operations?: readonly Operation[]
      readonly schedules?: readonly ScheduleRow[]
      readonly services?: readonly ServiceRow[]
      readonly events?: readonly FeedEvent[]
      readonly counts?: TaskCounts
      readonly total: number
      readonly sent: number
      readonly last: boolean
    }
  | {
      readonly t: 'state'
      readonly serverMs: number
      readonly revision: number
      readonly nodes?: readonly NodeRow[]
      readonly nodesGone?: readonly string[]
      readonly tasks?: readonly TaskRow[]
      readonly tasksGone?: readonly string[]
      readonly controllers?: readonly ControllerView[]
      readonly operations?: readonly Operation[]
      readonly schedules?: readonly ScheduleRow[]
      readonly schedulesGone?: readonly string[]
      readonly services?: readonly ServiceRow[]
      readonly servicesGone?: readonly string[]
      readonly events?: readonly FeedEvent[]
      readonly counts?: TaskCounts
    }
  | {
      /** Packed load of the nodes that changed: see `packLoad` in load-lane.ts. */
      readonly t: 'load'
      readonly serverMs: number
      readonly packed: string
    }
  | {
      /** At least once a second, so that a page knows how old its truth is. */
      readonly t: 'tick'
      readonly serverMs: number
      readonly revision: number
      /** How far this controller's view may be behind the store, milliseconds. */
      readonly behindMs: number
      readonly leader: { readonly controllerId: string; readonly epoch: number } | null
      /** Since when there is no leader, when there is none. */
      readonly leaderlessSinceMs: number | null
      readonly storeAway: boolean
      readonly brake: string | null
      readonly dropped: number
    }
