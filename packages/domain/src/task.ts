import { z } from 'zod'
import { gpuNumbersSchema } from './gpu.ts'
import { nodeIdSchema, operationIdSchema, planIdSchema, taskIdSchema, unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'
import { givenPortsSchema } from './ports.ts'
import { replicaSchema, taskHealthSchema } from './replica.ts'
import { measuredSchema, resourcesSchema, usageSchema } from './resources.ts'
import { deliveryPolicySchema } from './task-spec.ts'
import { taskStates } from './task-states.ts'

export const taskStateSchema = z.enum(taskStates)

/** How an attempt ended, as its agent saw it. */
export const exitSchema = z.strictObject({
  code: z.number().int().nullable(),
  signal: z.string().max(16).nullable(),
  /** One sentence when it did not end by itself, or could not start. */
  error: z.string().max(2_000).nullable(),
  outOfMemory: z.boolean().default(false),
  timedOut: z.enum(['start', 'run', 'progress']).nullable().default(null),
})
export type Exit = z.infer<typeof exitSchema>

export const attemptOutcomes = [
  'assigned',
  'running',
  'succeeded',
  'failed',
  'rejected',
  'stopped',
  'lost',
  'timed-out',
  'zombie',
] as const

/** One try on one node. */
export const attemptRecordSchema = z.strictObject({
  attempt: z.number().int().positive(),
  nodeId: nodeIdSchema,
  outcome: z.enum(attemptOutcomes),
  assignedAtMs: unixMsSchema,
  startedAtMs: unixMsSchema.nullable(),
  endedAtMs: unixMsSchema.nullable(),
  exit: exitSchema.nullable(),
  usage: usageSchema.nullable(),
})
export type AttemptRecord = z.infer<typeof attemptRecordSchema>

/** A request to end the current attempt, and what the task `becomes` once the agent confirmed that its processes are gone. */
export const stopRequestSchema = z.strictObject({
  why: z.enum(['cancel', 'timeout', 'drain', 'remove-node', 'rebalance', 'service', 'unhealthy', 'taint', 'preempt']),
  becomes: z.enum(['cancelled', 'timed-out', 'queued', 'failed']),
  by: z.string().max(200),
  requestedAtMs: unixMsSchema,
  graceMs: z.number().int().nonnegative(),
  timeout: z.enum(['start', 'run', 'progress']).nullable().default(null),
})
export type StopRequest = z.infer<typeof stopRequestSchema>

/** The changing part of a task. Small: every transition rewrites it. */
export const taskSchema = z.strictObject({
  v: z.literal(1),
  id: taskIdSchema,
  name: z.string().max(limits.nameLengthMax),
  driver: z.enum(['exec', 'handler']),
  policy: deliveryPolicySchema,
  priority: z.number().int(),
  resources: resourcesSchema,
  system: z.boolean(),
  state: taskStateSchema,
  sinceMs: unixMsSchema,
  createdAtMs: unixMsSchema,
  /** The current try, 0 before the first assignment. (id, attempt) names a try for ever. */
  attempt: z.number().int().nonnegative(),
  nodeId: nodeIdSchema.nullable(),
  /** The GPUs of that node that the current attempt holds; absent: none. */
  gpus: gpuNumbersSchema.optional(),
  /** The ports of that node that the current attempt holds; absent: none. */
  ports: givenPortsSchema.optional(),
  /** Epoch of the leader that assigned the current attempt; agents refuse a lower one than they have seen. */
  epoch: z.number().int().nonnegative(),
  startedAtMs: unixMsSchema.nullable(),
  endedAtMs: unixMsSchema.nullable(),
  /** Attempts that failed by themselves; lost and drained ones are not counted. */
  failures: z.number().int().nonnegative(),
  notBeforeMs: unixMsSchema.nullable(),
  /** Nodes to avoid, until when. `prefer` = other nodes first, `never` = not there. */
  avoid: z
    .array(z.strictObject({ nodeId: nodeIdSchema, untilMs: unixMsSchema, how: z.enum(['prefer', 'never']) }))
    .max(64),
  /** Destination that an executed plan names, and what it is the plan of. */
  planned: z
    .strictObject({
      nodeId: nodeIdSchema,
      operationId: operationIdSchema.optional(),
      planId: planIdSchema.optional(),
    })
    .nullable(),
  /** Where less important tasks are being stopped to make room for it; it holds that room until then. */
  room: z
    .strictObject({
      nodeId: nodeIdSchema,
      victims: z.array(taskIdSchema).max(1_000),
      /** The GPUs that it will get there. */
      gpus: gpuNumbersSchema.optional(),
      untilMs: unixMsSchema,
    })
    .optional(),
  stop: stopRequestSchema.nullable(),
  attempts: z.array(attemptRecordSchema).max(limits.attemptRecordsKept),
  progress: z
    .strictObject({ share: z.number().min(0).max(1).nullable(), text: z.string().max(200), atMs: unixMsSchema })
    .nullable(),
  exit: exitSchema.nullable(),
  usage: usageSchema.nullable(),
  /** It counts as succeeded although every attempt failed: `ignored` by failsafe, or a `fallback` value stands for its result. */
  despite: z.enum(['ignored', 'fallback']).optional(),
  /** Why it was not tried again although attempts were left. */
  noRetry: z.string().max(500).exactOptional(),
  /** Its caller has been told of the failure; it is tried again in the background (failback). */
  background: z.boolean().optional(),
  /** The task that runs in its place, after every attempt of this one has failed. */
  fallback: taskIdSchema.optional(),
  /** Why its fallback job could not be handed in. */
  noFallback: z.string().max(500).exactOptional(),
  retryOf: taskIdSchema.nullable(),
  /** Set for a task that a service keeps running. */
  replica: replicaSchema.nullable().default(null),
  health: taskHealthSchema.nullable().default(null),
  /** What the current attempt uses, as its agent last said; only of replicas. */
  measured: measuredSchema.optional(),
  submittedBy: z.string().max(200),
})
export type Task = z.infer<typeof taskSchema>

/** What a finished attempt left: kept out of the read caches, fetched by id. */
export const taskResultSchema = z.strictObject({
  v: z.literal(1),
  id: taskIdSchema,
  attempt: z.number().int().positive(),
  /** Value that a handler returned; absent for programs. */
  value: z.json().optional(),
  /** End of the output, at most 64 KiB, oldest line first; `o` stdout, `e` stderr. */
  logTail: z.array(z.strictObject({ stream: z.enum(['stdout', 'stderr']), atMs: unixMsSchema, text: z.string() })),
  logBytesTotal: z.number().int().nonnegative(),
})
export type TaskResult = z.infer<typeof taskResultSchema>
