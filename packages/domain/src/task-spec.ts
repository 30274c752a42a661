import { z } from 'zod'
import { placingWishes } from './affinity.ts'
import { deliveryPolicies } from './delivery.ts'
import { faultsSchema } from './faults.ts'
import { foreseenSchema } from './foreseen.ts'
import { healthCheckSchema } from './health-check.ts'
import { nodeIdSchema, taskIdSchema, unixMsSchema } from './ids.ts'
import { constraintSchema, labelsSchema } from './labels.ts'
import { limits } from './limits.ts'
import { concurrencySchema, poolNameSchema, tolerationSchema } from './placing.ts'
import { portNeedsSchema } from './ports.ts'
import { resourcesSchema } from './resources.ts'
import { shardSchema } from './shard.ts'
import { driverAgrees, execSpecSchema, handlerSpecSchema } from './work-spec.ts'

export const deliveryPolicySchema = z.enum(deliveryPolicies)

export const retrySchema = z.strictObject({
  /** All attempts together, the first included. 1 = never retried. */
  attemptsMax: z.number().int().min(1).max(limits.retryAttemptsMax).default(3),
  backoffBaseMs: z.number().int().min(0).max(3_600_000).default(1_000),
  backoffCapMs: z
    .number()
    .int()
    .min(0)
    .max(24 * 3_600_000)
    .default(60_000),
})
export type Retry = z.infer<typeof retrySchema>

const timeout = z
  .number()
  .int()
  .min(100)
  .max(30 * 24 * 3_600_000)
  .nullable()

/** The four timeouts, milliseconds; null = none. Enforced by the control plane and by the agent. */
export const timeoutsSchema = z.strictObject({
  /** From submit to assigned. */
  queueMs: timeout.default(null),
  /** From assigned to running. */
  startMs: timeout.default(60_000),
  /** From running to an end. */
  runMs: timeout.default(15 * 60_000),
  /** Longest silence between two progress reports of a handler, or two output lines of a program. */
  progressMs: timeout.default(null),
})
export type Timeouts = z.infer<typeof timeoutsSchema>

const oneStrategySchema = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be a strategy name such as least-loaded')

/** The strategies of a chain, in order; a single name is a chain of one. */
export function strategiesOf(text: string): string[] {
  return text.split('>').map((name) => name.trim())
}

const chainText = (names: readonly string[]) => names.join(' > ')
const namesOfChain = z.array(oneStrategySchema).min(1).max(limits.chainLengthMax)

/** A strategy, or a chain of them as text (`locality > bounded-hash > least-loaded`). Stored with single spaces. */
export const strategyNameSchema = z
  .string()
  .max(limits.chainLengthMax * 66)
  .refine((text) => namesOfChain.safeParse(strategiesOf(text)).success, {
    message: `must be a strategy such as least-loaded, or up to ${limits.chainLengthMax} of them with > between`,
  })
  .transform((text) => chainText(strategiesOf(text)))

/** The same, or the chain as a list. */
export const strategyChoiceSchema = z.union([strategyNameSchema, namesOfChain.transform(chainText)])

/** A place in the cluster: this zone first, then this region. */
export const nearSchema = z.strictObject({
  zone: z.string().max(limits.nameLengthMax).optional(),
  region: z.string().max(limits.nameLengthMax).optional(),
})

/** Where a piece of work may run and where it would rather. */
const placementShape = {
  resources: resourcesSchema.default({ cpuMillis: 100, memoryBytes: 64 * 1024 * 1024 }),
  /** Named ports that it will listen on. */
  ports: portNeedsSchema.optional(),
  constraints: z.array(constraintSchema).max(limits.constraintsMax).default([]),
  /** Only these nodes; empty: any. */
  onNodes: z.array(nodeIdSchema).max(1_000).default([]),
  notOnNodes: z.array(nodeIdSchema).max(1_000).default([]),
  /** Only nodes of this pool; absent: of the pool `default`; `any`: of every pool. */
  pool: poolNameSchema.optional(),
  tolerations: z.array(tolerationSchema).max(limits.taintsMax).optional(),
  ...placingWishes,
  strategy: strategyChoiceSchema.optional(),
  /** What hash strategies go by: tasks of one key go to one node. Absent: the name. */
  hashKey: z.string().min(1).max(200).optional(),
  /** Where the strategy `locality` looks first. */
  near: nearSchema.optional(),
  /** 0 to 100; a higher one is placed first. */
  priority: z.number().int().min(0).max(limits.priorityMax).default(50),
  /** When it fits nowhere, tasks of at least 10 less priority may be stopped to make room for it. */
  preempts: z.boolean().optional(),
} as const

/** What a piece of work is and what it needs, whoever asks for it: a task of its own, or one that a service keeps running. */
export const workShape = {
  driver: z.enum(['exec', 'handler']),
  exec: execSpecSchema.optional(),
  handler: handlerSpecSchema.optional(),
  labels: labelsSchema.default({}),
  ...placementShape,
  killGraceMs: z.number().int().min(0).max(3_600_000).default(10_000),
  /** Wait for a replica or the append-only file before the submit is acknowledged. */
  durable: z.boolean().default(false),
} as const

const submitShape = {
  name: z
    .string()
    .min(1)
    .max(limits.nameLengthMax)
    .regex(/^[a-zA-Z0-9][\w.-]*$/, 'may hold letters, digits, . _ - and starts with a letter or digit'),
  ...workShape,
  /** How much of this job may be under way at a time. */
  concurrency: concurrencySchema.optional(),
  policy: deliveryPolicySchema.default('at-least-once'),
  retry: retrySchema.default({ attemptsMax: 3, backoffBaseMs: 1_000, backoffCapMs: 60_000 }),
  timeouts: timeoutsSchema.default({ queueMs: null, startMs: 60_000, runMs: 15 * 60_000, progressMs: null }),
  /** What it does about a failure; absent: failover, with the breaker on. */
  faults: faultsSchema.optional(),
  /** Not before this moment. */
  startAtMs: unixMsSchema.optional(),
  /** What a drain does with it: let it finish here, or stop it and queue it elsewhere at once. */
  onDrain: z.enum(['finish', 'move']).default('finish'),
  /** Belongs to the node itself; a drain leaves it unless told otherwise. */
  system: z.boolean().default(false),
  idempotencyKey: z.string().min(1).max(200).optional(),
} as const

/** What a client sends to run a task. */
export const taskSubmitSchema = z.strictObject(submitShape).refine(driverAgrees, {
  path: ['driver'],
  message: 'driver "exec" needs `exec` and no `handler`; driver "handler" needs `handler` and no `exec`',
})
export type TaskSubmit = z.infer<typeof taskSubmitSchema>
/** The same before defaults are filled in. */
export type TaskSubmitInput = z.input<typeof taskSubmitSchema>

/** The written-once part of a task. */
export const taskSpecSchema = z.strictObject({
  v: z.literal(1),
  id: taskIdSchema,
  ...submitShape,
  strategy: strategyNameSchema,
  submittedBy: z.string().max(200),
  submittedAtMs: unixMsSchema,
  /** The task that this one runs again. */
  retryOf: taskIdSchema.optional(),
  /** Its place in a broadcast. */
  shard: shardSchema.optional(),
  /** The task that failed, and in whose place this one runs. */
  fallbackOf: taskIdSchema.optional(),
  /** Of a task that was confirmed as a plan: what the plan said. */
  foreseen: foreseenSchema.optional(),
  /** Of a service's replica: how its agent asks whether it works. */
  health: healthCheckSchema.optional(),
  /** Of a service's replica: how often its agent measures what it uses. */
  measureEveryMs: z.number().int().positive().optional(),
})
export type TaskSpec = z.infer<typeof taskSpecSchema>
