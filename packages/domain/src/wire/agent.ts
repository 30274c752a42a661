import { z } from 'zod'
import { clusterErrorSchema } from '../errors.ts'
import { gpuNumbersSchema } from '../gpu.ts'
import { healthCheckSchema } from '../health-check.ts'
import { incarnationSchema, nodeIdSchema, sessionIdSchema, taskIdSchema, unixMsSchema } from '../ids.ts'
import { labelsSchema } from '../labels.ts'
import { limits } from '../limits.ts'
import { nodeFactsSchema } from '../node.ts'
import { poolNameSchema } from '../placing.ts'
import { givenPortsSchema } from '../ports.ts'
import { capacitySchema, loadSampleSchema, measuredSchema, usageSchema } from '../resources.ts'
import { shardSchema } from '../shard.ts'
import { exitSchema, taskResultSchema } from '../task.ts'
import { timeoutsSchema } from '../task-spec.ts'
import { execSpecSchema, handlerSpecSchema } from '../work-spec.ts'

/**
 * The protocol between agent and controller. The agent dials one WebSocket and speaks tRPC on it: `agents.register`, `agents.beat`,
 * `agents.report`, `agents.logs` are calls, `agents.commands` is the subscription on which the controller pushes.
 * Version 1. A controller accepts this version and the one before.
 */
export const WIRE_VERSION = 1

/** Highest leadership record an agent has seen for a shard; it refuses commands of a lower epoch, or of the same with another nonce. */
export const fenceSchema = z.strictObject({
  shard: z.string().max(63),
  epoch: z.number().int().nonnegative(),
  nonce: z.string().max(64),
})
export type Fence = z.infer<typeof fenceSchema>

/** First contact: trades a join token for an identity. */
export const joinRequestSchema = z.strictObject({
  token: z.string().max(200),
  /** Wanted node name; refused when a node of this name exists. */
  name: nodeIdSchema,
})
export const joinReplySchema = z.strictObject({
  nodeId: nodeIdSchema,
  /** Secret of this node; stored by the agent with mode 0600, by the cluster only as a hash. */
  secret: z.string(),
  /** Controllers that can be dialled. */
  controllers: z.array(z.string()),
})

/** An attempt that the agent holds: from its journal, alive or ended and not yet acknowledged. */
export const heldAttemptSchema = z.strictObject({
  taskId: taskIdSchema,
  attempt: z.number().int().positive(),
  state: z.enum(['accepted', 'running', 'stopping', 'ended']),
  startedAtMs: unixMsSchema.nullable(),
})
export type HeldAttempt = z.infer<typeof heldAttemptSchema>

export const registerRequestSchema = z.strictObject({
  wire: z.literal(WIRE_VERSION),
  incarnation: incarnationSchema,
  fences: z.array(fenceSchema).max(256),
  zone: z.string().max(limits.nameLengthMax),
  region: z.string().max(limits.nameLengthMax),
  labels: labelsSchema,
  /** For the first time only: afterwards operators say. Absent: `default`. */
  pool: poolNameSchema.optional(),
  capacity: capacitySchema,
  facts: nodeFactsSchema,
  held: z.array(heldAttemptSchema).max(100_000),
})
export type RegisterRequest = z.infer<typeof registerRequestSchema>

/** One piece of work that the node must hold. */
export const assignmentSchema = z.strictObject({
  taskId: taskIdSchema,
  attempt: z.number().int().positive(),
  name: z.string(),
  policy: z.enum(['at-least-once', 'at-most-once', 'exclusive']),
  /** `run`: be running it. `stop`: end it, TERM then KILL after `graceMs`, and report. */
  want: z.enum(['run', 'stop']),
  graceMs: z.number().int().nonnegative(),
  fence: fenceSchema,
  driver: z.enum(['exec', 'handler']),
  exec: execSpecSchema.optional(),
  handler: handlerSpecSchema.optional(),
  resources: z.strictObject({ cpuMillis: z.number().int(), memoryBytes: z.number().int() }),
  /** Numbers of the GPUs that it may use; absent: none. */
  gpus: gpuNumbersSchema.optional(),
  /** The ports that it was given; absent: none. */
  ports: givenPortsSchema.optional(),
  timeouts: timeoutsSchema,
  durable: z.boolean(),
  shard: shardSchema.optional(),
  /** Asked by the agent while it runs. */
  health: healthCheckSchema.optional(),
  /** Measured by the agent while it runs. */
  measureEveryMs: z.number().int().positive().optional(),
})
export type Assignment = z.infer<typeof assignmentSchema>

/**
 * Pushed to the agent. `desired` with `whole: true` is the complete set: what it does not name must be stopped and forgotten, except
 * ended attempts that are not acknowledged yet. With `whole: false` it only adds and changes (a hint; digests heal a lost one).
 */
export const commandSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('desired'),
    /** Store revision that the set stands on; an agent ignores a lower one than it has. */
    generation: z.number().int().nonnegative(),
    whole: z.boolean(),
    assignments: z.array(assignmentSchema),
    /** Attempts that the control plane no longer wants, `taskId/attempt`. */
    released: z.array(z.string()).default([]),
  }),
  /** Ended attempts whose results are stored: the agent may delete them (after 10 minutes). */
  z.strictObject({
    kind: z.literal('acknowledged'),
    attempts: z.array(z.strictObject({ taskId: taskIdSchema, attempt: z.number().int() })),
  }),
  /** Whether this node shall host a controller. The environment is what the controller needs to start. */
  z.strictObject({
    kind: z.literal('role'),
    role: z.enum(['worker', 'standby']),
    env: z.record(z.string(), z.string()),
  }),
  /** Send output of an attempt, from a byte offset of the interleaved log, until `stop-log`. */
  z.strictObject({
    kind: z.literal('stream-log'),
    streamId: z.string().max(64),
    taskId: taskIdSchema,
    attempt: z.number().int().positive(),
    fromOffset: z.number().int().nonnegative(),
  }),
  z.strictObject({ kind: z.literal('stop-log'), streamId: z.string().max(64) }),
  /** This controller is about to stop: go to another one within `spreadMs`. */
  z.strictObject({ kind: z.literal('goaway'), reason: z.string(), spreadMs: z.number().int().nonnegative() }),
  /** Timings that the server sets. */
  z.strictObject({ kind: z.literal('timings'), beatIntervalMs: z.number().int().positive() }),
  /** The fleet of controllers changed. */
  z.strictObject({ kind: z.literal('controllers'), urls: z.array(z.string()) }),
])
export type Command = z.infer<typeof commandSchema>

export const registerReplySchema = z.strictObject({
  sessionId: sessionIdSchema,
  nodeId: nodeIdSchema,
  historyId: z.string(),
  beatIntervalMs: z.number().int().positive(),
  replyTimeoutMs: z.number().int().positive(),
  /** First reconnect is spread over this long, milliseconds. */
  reconnectSpreadMs: z.number().int().nonnegative(),
  exclusiveStopAfterMs: z.number().int().positive(),
  serverMs: unixMsSchema,
  controllers: z.array(z.string()),
})
export type RegisterReply = z.infer<typeof registerReplySchema>

export const beatSchema = z.strictObject({
  sessionId: sessionIdSchema,
  seq: z.number().int().nonnegative(),
  /** Digest of the desired set as the agent holds it: see `desiredDigest`. */
  digest: z.string().max(64),
  load: loadSampleSchema,
})
export type Beat = z.infer<typeof beatSchema>

export const beatReplySchema = z.strictObject({
  seq: z.number().int(),
  serverMs: unixMsSchema,
  /** Controllers of this session may change the interval at any time. */
  beatIntervalMs: z.number().int().positive(),
  /** True while this controller cannot reach the store: nobody else knows of the beat, so it confirms nothing. */
  isolated: z.boolean().optional(),
})
export type BeatReply = z.infer<typeof beatReplySchema>

/** What happened to an attempt. Sent in order per attempt, repeated until acknowledged; applying one twice changes nothing. */
export const reportSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('accepted'), taskId: taskIdSchema, attempt: z.number().int().positive() }),
  z.strictObject({
    kind: z.literal('rejected'),
    taskId: taskIdSchema,
    attempt: z.number().int().positive(),
    /** `capacity`, `policy`, `stale-fence`, `unsupported`: the sentence says more. */
    code: z.enum(['capacity', 'policy', 'stale-fence', 'unsupported']),
    because: z.string().max(500),
  }),
  z.strictObject({
    kind: z.literal('started'),
    taskId: taskIdSchema,
    attempt: z.number().int().positive(),
    atMs: unixMsSchema,
  }),
  z.strictObject({
    kind: z.literal('progress'),
    taskId: taskIdSchema,
    attempt: z.number().int().positive(),
    share: z.number().min(0).max(1).nullable(),
    text: z.string().max(200),
    atMs: unixMsSchema,
  }),
  /** The health check changed its mind; at most once per interval of the check. */
  z.strictObject({
    kind: z.literal('health'),
    taskId: taskIdSchema,
    attempt: z.number().int().positive(),
    healthy: z.boolean(),
    because: z.string().max(limits.reasonLengthMax),
    atMs: unixMsSchema,
  }),
  /** What it uses; only told when it changed by more than noise. */
  z.strictObject({
    kind: z.literal('measured'),
    taskId: taskIdSchema,
    attempt: z.number().int().positive(),
    ...measuredSchema.shape,
  }),
  z.strictObject({
    kind: z.literal('ended'),
    taskId: taskIdSchema,
    attempt: z.number().int().positive(),
    /** Null when it never ran. */
    startedAtMs: unixMsSchema.nullable(),
    endedAtMs: unixMsSchema,
    exit: exitSchema,
    /** True when the agent itself was asked to stop and took the attempt with it: not a failure of the task. */
    left: z.boolean().optional(),
    usage: usageSchema,
    value: z.json().optional(),
    logTail: taskResultSchema.shape.logTail,
    logBytesTotal: z.number().int().nonnegative(),
  }),
])
export type Report = z.infer<typeof reportSchema>

export const reportBatchSchema = z.strictObject({
  sessionId: sessionIdSchema,
  reports: z.array(reportSchema).max(1_000),
})
export type ReportBatch = z.infer<typeof reportBatchSchema>

/** One outcome per report, in order. `applied` and `obsolete` end it; `retry` asks to send it again later. */
export const reportBatchReplySchema = z.strictObject({
  outcomes: z.array(z.enum(['applied', 'obsolete', 'retry'])),
})
export type ReportBatchReply = z.infer<typeof reportBatchReplySchema>

export const logLineSchema = z.strictObject({
  stream: z.enum(['stdout', 'stderr', 'marker']),
  atMs: unixMsSchema,
  text: z.string(),
  /** Byte offset of the line's end in the attempt's interleaved log: the cursor to resume from. */
  endOffset: z.number().int().nonnegative(),
})
export type LogLine = z.infer<typeof logLineSchema>

export const logChunkSchema = z.strictObject({
  sessionId: sessionIdSchema,
  streamId: z.string().max(64),
  lines: z.array(logLineSchema).max(5_000),
  /** True with the last chunk: the attempt has ended and everything was sent. */
  finished: z.boolean(),
  error: clusterErrorSchema.optional(),
})
export type LogChunk = z.infer<typeof logChunkSchema>

/**
 * Digest of a node's desired set. Both sides compute it over `taskId/attempt/want` of every assignment, sorted, joined by newlines,
 * as FNV-1a 64 bit in hex; a difference that lasts two beats makes the controller push the whole set.
 */
export function desiredDigest(entries: readonly Pick<Assignment, 'taskId' | 'attempt' | 'want'>[]): string {
  const lines = entries.map((entry) => `${entry.taskId}/${entry.attempt}/${entry.want}`).sort()
  let high = 0xcbf29ce4
  let low = 0x84222325
  for (const char of lines.join('\n')) {
    low ^= char.charCodeAt(0)
    const product = low * 0x1b3
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0
    low = product >>> 0
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
}
