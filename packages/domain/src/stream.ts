import { z } from 'zod'
import type { roleSchema } from './access.ts'
import type { FeedEvent } from './event.ts'
import type { Operation } from './operation.ts'
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

export type TaskCounts = Readonly<Record<import('./task.ts').TaskState, number>>

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
      readonly nodes?: readonly NodeRow[]
      /** Live tasks, and the newest terminal ones (at most 2,000 rows in all). */
      readonly tasks?: readonly TaskRow[]
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
      /** Packed load of the nodes that changed: see `packLoad`. */
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

/** What the load lane says of one node. Shares 0..1; `beatAgeMs` as of the frame. */
export type NodeLoad = {
  readonly slot: number
  readonly cpuShare: number
  readonly memoryShare: number
  readonly diskShare: number
  readonly networkBytesPerSecond: number
  readonly loadAverage1: number
  readonly tasksRunning: number
  readonly beatAgeMs: number
}

const RECORD_BYTES = 20

/**
 * Packs loads into base64, 20 bytes a node, little endian: slot u32, cpu u8, memory u8, disk u8 (0..255), one spare byte, network
 * bytes/s f32, load average × 100 u16, tasks u16, beat age u32 in milliseconds.
 */
export function packLoad(loads: readonly NodeLoad[]): string {
  const view = new DataView(new ArrayBuffer(loads.length * RECORD_BYTES))
  const share = (value: number) => Math.max(0, Math.min(255, Math.round(value * 255)))
  loads.forEach((load, index) => {
    const at = index * RECORD_BYTES
    view.setUint32(at, load.slot, true)
    view.setUint8(at + 4, share(load.cpuShare))
    view.setUint8(at + 5, share(load.memoryShare))
    view.setUint8(at + 6, share(load.diskShare))
    view.setFloat32(at + 8, load.networkBytesPerSecond, true)
    view.setUint16(at + 12, Math.min(65_535, Math.round(load.loadAverage1 * 100)), true)
    view.setUint16(at + 14, Math.min(65_535, load.tasksRunning), true)
    view.setUint32(at + 16, Math.min(0xffff_ffff, Math.max(0, Math.round(load.beatAgeMs))), true)
  })
  let binary = ''
  for (const byte of new Uint8Array(view.buffer)) binary += String.fromCharCode(byte)
  return btoa(binary)
}

export function unpackLoad(packed: string): NodeLoad[] {
  const binary = atob(packed)
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
  const view = new DataView(bytes.buffer)
  const loads: NodeLoad[] = []
  for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) {
    loads.push({
      slot: view.getUint32(at, true),
      cpuShare: view.getUint8(at + 4) / 255,
      memoryShare: view.getUint8(at + 5) / 255,
      diskShare: view.getUint8(at + 6) / 255,
      networkBytesPerSecond: view.getFloat32(at + 8, true),
      loadAverage1: view.getUint16(at + 12, true) / 100,
      tasksRunning: view.getUint16(at + 14, true),
      beatAgeMs: view.getUint32(at + 16, true),
    })
  }
  return loads
}
