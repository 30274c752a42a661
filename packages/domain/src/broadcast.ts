import { z } from 'zod'
import { broadcastIdSchema, nodeIdSchema, taskIdSchema, unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'
import { taskStateSchema } from './task.ts'
import { taskSubmitSchema } from './task-spec.ts'

/** When a broadcast counts as succeeded: every child, at least so many per cent of them, or at least one. */
export const successRuleSchema = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('all') }),
  z.strictObject({ rule: z.literal('share'), percent: z.number().int().min(1).max(100) }),
  z.strictObject({ rule: z.literal('any') }),
])
export type SuccessRule = z.infer<typeof successRuleSchema>

/** The strategy forking: the same work on a few nodes at a time; the first success wins and the others are stopped. */
export const raceSchema = z.strictObject({
  /** On how many nodes, those with the least reserved first. */
  forks: z.number().int().min(2).max(10).default(2),
  /** Hedging: each further node begins only after so long without a success, or when those before have failed. 0: all at once. */
  hedgeAfterMs: z
    .number()
    .int()
    .min(0)
    .max(24 * 3_600_000)
    .default(0),
})
export type Race = z.infer<typeof raceSchema>

const defined = {
  /** What each node runs. `onNodes`, `notOnNodes` and `constraints` say which nodes match. */
  task: taskSubmitSchema.refine((task) => task.startAtMs === undefined, 'a broadcast starts now'),
  success: successRuleSchema.default({ rule: 'all' }),
  /** Absent: every matching node does its share. Present: success is `any`. */
  race: raceSchema.optional(),
  /** Each child waits at most so long for its node, and then runs at most so long, milliseconds. */
  timeoutMs: z
    .number()
    .int()
    .min(1_000)
    .max(24 * 3_600_000)
    .default(15 * 60_000),
} as const

/** What a client sends. `task.idempotencyKey` makes a repeat find the first broadcast. */
export const broadcastInputSchema = z.strictObject(defined)
export type BroadcastInput = z.infer<typeof broadcastInputSchema>
/** The same before defaults are filled in. */
export type BroadcastDraft = z.input<typeof broadcastInputSchema>

/** One node's share of the work. Its place in the list is its shard index. */
export const broadcastChildSchema = z.strictObject({
  nodeId: nodeIdSchema,
  taskId: taskIdSchema,
  created: z.boolean(),
  /** How its task ended; null while it lives. */
  ended: taskStateSchema.nullable(),
  exitCode: z.number().int().nullable(),
})
export type BroadcastChild = z.infer<typeof broadcastChildSchema>

/** The same task once on each matching node, each told its index and how many there are. The nodes are fixed when it is submitted. */
export const broadcastSchema = z.strictObject({
  v: z.literal(1),
  id: broadcastIdSchema,
  ...defined,
  state: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  children: z.array(broadcastChildSchema).min(1).max(limits.broadcastNodesMax),
  /** Of a race: the task that succeeded first. */
  winner: taskIdSchema.optional(),
  cancel: z.strictObject({ by: z.string().max(200), reason: z.string().max(500), atMs: unixMsSchema }).nullable(),
  createdAtMs: unixMsSchema,
  endedAtMs: unixMsSchema.nullable(),
  by: z.string().max(200),
  /** Hash of what was asked for: the same key with another task is an error. */
  inputHash: z.string().max(64),
})
export type Broadcast = z.infer<typeof broadcastSchema>
