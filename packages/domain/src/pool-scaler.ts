import { z } from 'zod'
import { nodeIdSchema, unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'
import { poolNameSchema } from './placing.ts'
import { ANY_POOL } from './pools.ts'
import { capacitySchema } from './resources.ts'

const ms = (min: number, max: number, fallback: number) => z.number().int().min(min).max(max).default(fallback)
const HOUR_MS = 3_600_000

/** Where machines are asked for: `https`, or `http` to an address that is written as digits or `localhost`. */
export const providerUrlSchema = z
  .string()
  .max(2_000)
  .refine(
    (text) => isProviderUrl(text),
    'must be an https:// address; http:// only to localhost or an address in digits',
  )

function isProviderUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username } = new URL(text)
  const isLocal = hostname === 'localhost' || /^[\d.]+$/.test(hostname) || hostname.startsWith('[')
  return username === '' && (protocol === 'https:' || (protocol === 'http:' && isLocal))
}

/** How a pool grows and shrinks by asking a provider of machines. */
export const poolPolicySchema = z
  .strictObject({
    pool: poolNameSchema.refine((name) => name !== ANY_POOL, 'must be one pool'),
    min: z.number().int().min(0).max(10_000),
    max: z.number().int().min(1).max(10_000),
    url: providerUrlSchema,
    /** What a new node gives. Absent: what the node of the pool that joined last gives. */
    shape: capacitySchema.optional(),
    /** A task must have waited so long for lack of room before a node is asked for. */
    upAfterMs: ms(0, HOUR_MS, 10_000),
    /** Nodes of one request. */
    upNodesMax: z.number().int().min(1).max(100).default(4),
    /** A node must have been spare for so long. */
    downAfterMs: ms(1_000, 24 * HOUR_MS, 10 * 60_000),
    /** A node is spare when no more of its CPU and memory is reserved and all of it fits elsewhere. */
    downSharePercentMax: z.number().int().min(0).max(100).default(50),
    /** How long a machine may take to join, or to leave. */
    bootMs: ms(1_000, 6 * HOUR_MS, 10 * 60_000),
  })
  .refine(({ min, max }) => min <= max, { path: ['min'], message: 'may not be above `max`' })
export type PoolPolicy = z.infer<typeof poolPolicySchema>
export type PoolPolicyInput = z.input<typeof poolPolicySchema>

const asked = {
  /** Sent with every try: the provider takes a second one of the same id for the first. */
  id: z.string().max(63),
  because: z.string().max(limits.reasonLengthMax),
  atMs: unixMsSchema,
  tries: z.number().int().nonnegative(),
  nextTryMs: unixMsSchema,
  /** What the last try came to; null: none failed. */
  problem: z.string().max(limits.reasonLengthMax).nullable(),
  /** When the provider said yes. */
  acceptedAtMs: unixMsSchema.nullable(),
}

/** One wish at a time: more machines, or one fewer. */
export const poolRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('scale-up'),
    ...asked,
    state: z.enum(['asking', 'booting']),
    count: z.number().int().positive(),
    /** Usable nodes when it was made. */
    from: z.number().int().nonnegative(),
  }),
  z.strictObject({
    kind: z.literal('release'),
    ...asked,
    state: z.enum(['draining', 'asking', 'leaving']),
    nodeId: nodeIdSchema,
  }),
])
export type PoolRequest = z.infer<typeof poolRequestSchema>

/** What autoscaling of one pool remembers, so that another leader goes on where the last one stopped. */
export const poolScalerSchema = z.strictObject({
  v: z.literal(1),
  /** The pool. */
  id: poolNameSchema,
  policy: poolPolicySchema,
  /** Signs the requests; never leaves the control plane. */
  secret: z.string().min(16).max(200),
  /** Makes the ids of its requests. */
  sequence: z.number().int().nonnegative(),
  request: poolRequestSchema.nullable(),
  /** Spare nodes, and since when. */
  spare: z.array(z.strictObject({ nodeId: nodeIdSchema, sinceMs: unixMsSchema })).max(1_000),
  /** One sentence: why it is as it is. */
  because: z.string().max(limits.reasonLengthMax),
  /** What became of earlier requests, newest first. */
  history: z
    .array(
      z.strictObject({
        atMs: unixMsSchema,
        request: z.string().max(63),
        kind: z.enum(['scale-up', 'release']),
        isDone: z.boolean(),
        text: z.string().max(limits.reasonLengthMax),
      }),
    )
    .max(limits.autoscaleDecisionsKept),
})
export type PoolScaler = z.infer<typeof poolScalerSchema>

export type PoolView = {
  readonly pool: string
  readonly nodes: number
  /** Ready and open. */
  readonly usable: number
  readonly tasksPlaced: number
  /** Tasks of this pool that wait for a node. */
  readonly waiting: number
  readonly scaler: Omit<PoolScaler, 'secret' | 'v' | 'sequence'> | null
}
