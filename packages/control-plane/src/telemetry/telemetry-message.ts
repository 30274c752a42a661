import type { ControllerId, Incarnation, LoadSample, NodeId, SessionId } from '@quarterdeck/domain'

/** What one controller tells the others, a few times a second, on the lossy lane. */
export type TelemetryMessage = {
  readonly from: ControllerId
  readonly incarnation: Incarnation
  readonly seq: number
  readonly vitals: ControllerVitals
  readonly beats: readonly HeardBeat[]
  readonly closed: readonly ClosedSession[]
  /** The sender just handed the lease over: look at it now. */
  readonly leaseMoved?: true
}

/** How a controller is. Durations in milliseconds, null where it cannot tell. */
export type ControllerVitals = {
  /** Feed position of its read cache. */
  readonly revision: number
  readonly behindMs: number
  readonly storeRoundTripMs: number | null
  readonly eventLoopLagMs: number
  readonly agents: number
  readonly pages: number
  readonly memoryBytes: number | null
  /** Interval between beats that it asks of its agents. */
  readonly beatIntervalMs: number
  /** Whether its last exchange with the store succeeded. */
  readonly storeAway: boolean
  /** The mass brake's sentence, from the leader; null while nothing is held, and from everybody else. */
  readonly brake: string | null
}

export type HeardBeat = {
  readonly nodeId: NodeId
  readonly sessionId: SessionId
  /** How long before this message was sent the beat arrived. */
  readonly ageMs: number
  readonly load: LoadSample
}

export type ClosedSession = {
  readonly nodeId: NodeId
  readonly sessionId: SessionId
  /** The agent said that it leaves. */
  readonly goodbye: boolean
  /** From the last beat on this session to its end. */
  readonly afterBeatMs: number
}

const VERSION = 1

type PackedBeat = readonly [NodeId, SessionId, number, ...(number | null)[]]

/**
 * The sender's incarnation and a space, then JSON: so that a controller knows its own messages without parsing them. Loads travel as
 * rows of numbers, because at 2,000 beats a second the names of the fields would be most of the message.
 */
export function encodeTelemetry({ beats, ...rest }: TelemetryMessage): string {
  return `${rest.incarnation} ${JSON.stringify({ v: VERSION, ...rest, beats: beats.map(packBeat) })}`
}

export function isSentBy(text: string, incarnation: Incarnation): boolean {
  return text.startsWith(`${incarnation} `)
}

/** Null for a message of another version, or of something else on the channel. */
export function decodeTelemetry(text: string): TelemetryMessage | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(text.slice(text.indexOf(' ') + 1))
  } catch {
    return null
  }
  if (!isOurs(parsed)) return null
  const { v: _, beats, ...rest } = parsed
  return { ...rest, beats: beats.map(unpackBeat) }
}

/** Only controllers of this cluster can write to the store, so the version stands for the shape. */
function isOurs(parsed: unknown): parsed is Omit<TelemetryMessage, 'beats'> & { v: number; beats: PackedBeat[] } {
  return typeof parsed === 'object' && parsed !== null && 'v' in parsed && parsed.v === VERSION && 'beats' in parsed
}

function packBeat({ nodeId, sessionId, ageMs, load }: HeardBeat): PackedBeat {
  return [
    nodeId,
    sessionId,
    Math.round(ageMs),
    round(load.cpuShare, 10_000),
    load.memoryBytesUsed,
    load.memoryBytesTotal,
    load.diskBytesUsed,
    load.diskBytesTotal,
    whole(load.diskReadBytesPerSecond),
    whole(load.diskWriteBytesPerSecond),
    whole(load.networkReceivedBytesPerSecond),
    whole(load.networkSentBytesPerSecond),
    round(load.loadAverage[0], 100),
    round(load.loadAverage[1], 100),
    round(load.loadAverage[2], 100),
    load.tasksRunning,
    Math.round(load.eventLoopLagMs),
  ]
}

function unpackBeat([nodeId, sessionId, ageMs, ...values]: PackedBeat): HeardBeat {
  const number = (at: number) => values[at] ?? 0
  const optional = (at: number) => values[at] ?? null
  return {
    nodeId,
    sessionId,
    ageMs,
    load: {
      cpuShare: number(0),
      memoryBytesUsed: number(1),
      memoryBytesTotal: number(2),
      diskBytesUsed: optional(3),
      diskBytesTotal: optional(4),
      diskReadBytesPerSecond: optional(5),
      diskWriteBytesPerSecond: optional(6),
      networkReceivedBytesPerSecond: optional(7),
      networkSentBytesPerSecond: optional(8),
      loadAverage: [number(9), number(10), number(11)],
      tasksRunning: number(12),
      eventLoopLagMs: number(13),
    },
  }
}

function whole(value: number | null): number | null {
  return value === null ? null : Math.round(value)
}

function round(value: number, steps: number): number {
  return Math.round(value * steps) / steps
}
