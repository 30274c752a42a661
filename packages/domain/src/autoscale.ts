import { z } from 'zod'
import { serviceIdSchema, unixMsSchema } from './ids.ts'
import { labelsSchema } from './labels.ts'
import { limits } from './limits.ts'

const ms = (min: number, max: number, fallback: number) => z.number().int().min(min).max(max).default(fallback)
const HOUR_MS = 3_600_000
const metricNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{0,62}$/, 'may hold a-z, 0-9, . _ - and starts with a letter')

/** What is measured, and how much of it one replica shall carry. */
export const autoscaleMetricSchema = z.discriminatedUnion('kind', [
  /** Used of the CPU that a replica asks for, on average. */
  z.strictObject({ kind: z.literal('cpu'), targetPercent: z.number().int().min(1).max(1_000).default(70) }),
  z.strictObject({ kind: z.literal('memory'), targetPercent: z.number().int().min(1).max(1_000).default(80) }),
  /** Tasks that wait to be placed, of this name or with these labels. */
  z.strictObject({
    kind: z.literal('queue'),
    job: z.string().min(1).max(limits.nameLengthMax).exactOptional(),
    labels: labelsSchema.exactOptional(),
    perReplica: z.number().positive().max(1_000_000).default(1),
  }),
  /** A number that is told to the cluster with `qd service metric`: the sum over the service. */
  z.strictObject({ kind: z.literal('metric'), name: metricNameSchema, perReplica: z.number().positive().max(1e12) }),
])
export type AutoscaleMetric = z.infer<typeof autoscaleMetricSchema>

const stepLimit = (stabiliseMs: number) =>
  z
    .strictObject({
      /** Up: the least that was wanted within this time counts. Down: the most. */
      stabiliseMs: ms(0, HOUR_MS, stabiliseMs),
      /** Within `periodMs` no more than so many replicas, or than this share of them, whichever is more. */
      replicasMax: z.number().int().min(1).max(limits.replicasMax).default(4),
      percentMax: z.number().int().min(1).max(10_000).default(100),
      periodMs: ms(1_000, HOUR_MS, 15_000),
    })
    .prefault({})

/** Defaults as the Horizontal Pod Autoscaler of Kubernetes has them. */
export const autoscalePolicySchema = z
  .strictObject({
    min: z.number().int().min(0).max(limits.replicasMax).default(1),
    max: z.number().int().min(1).max(limits.replicasMax),
    /** Each one says how many replicas it wants; the most counts. */
    metrics: z.array(autoscaleMetricSchema).min(1).max(4),
    /** A measure that is off its target by less than this changes nothing. */
    tolerancePercent: z.number().int().min(0).max(100).default(10),
    everyMs: ms(1_000, HOUR_MS, 15_000),
    up: stepLimit(0),
    down: stepLimit(300_000),
  })
  .refine(({ min, max }) => min <= max, { path: ['min'], message: 'may not be above `max`' })
  .refine(({ min, metrics }) => min > 0 || metrics.every(({ kind }) => kind === 'queue' || kind === 'metric'), {
    path: ['min'],
    message: 'may be 0 only where no replica has to be measured (queue, metric)',
  })
  .refine(
    ({ metrics }) =>
      metrics.every((one) => one.kind !== 'queue' || one.job || Object.keys(one.labels ?? {}).length > 0),
    { path: ['metrics'], message: 'a queue needs `job` or `labels`' },
  )
export type AutoscalePolicy = z.infer<typeof autoscalePolicySchema>
export type AutoscalePolicyInput = z.input<typeof autoscalePolicySchema>

/** What one metric said at one look. */
export const autoscaleReadingSchema = z.strictObject({
  /** `CPU`, `tasks waiting of resize`, … */
  metric: z.string().max(200),
  /** In the unit of the metric; null when it could not be told. */
  value: z.number().nullable(),
  target: z.number(),
  /** Replicas that it asks for; null when it cannot say. */
  wants: z.number().int().nullable(),
  because: z.string().max(limits.reasonLengthMax),
})
export type AutoscaleReading = z.infer<typeof autoscaleReadingSchema>

/** One decision; looks that kept the number for the same reason are one. */
export const autoscaleDecisionSchema = z.strictObject({
  sinceMs: unixMsSchema,
  atMs: unixMsSchema,
  act: z.enum(['up', 'down', 'keep']),
  from: z.number().int(),
  to: z.number().int(),
  /** What held it, or moved it, in one word. */
  rule: z.enum(['target', 'tolerance', 'stabilise', 'rate', 'bounds', 'unknown']),
  because: z.string().max(limits.reasonLengthMax),
  readings: z.array(autoscaleReadingSchema).max(4),
})
export type AutoscaleDecision = z.infer<typeof autoscaleDecisionSchema>

/** What autoscaling of one service remembers, so that another leader goes on where the last one stopped. */
export const autoscalerSchema = z.strictObject({
  v: z.literal(1),
  /** Id of the service. */
  id: serviceIdSchema,
  lookedAtMs: unixMsSchema,
  /** What was wanted at earlier looks, oldest first, as far back as a stabilisation window reaches. */
  wants: z.array(z.strictObject({ atMs: unixMsSchema, replicas: z.number().int() })).max(4_000),
  steps: z.array(z.strictObject({ atMs: unixMsSchema, from: z.number().int(), to: z.number().int() })).max(4_000),
  /** Newest first. */
  decisions: z.array(autoscaleDecisionSchema).max(limits.autoscaleDecisionsKept),
  /** Numbers that were told, by name. */
  told: z
    .array(z.strictObject({ name: metricNameSchema, value: z.number(), atMs: unixMsSchema, by: z.string().max(200) }))
    .max(limits.autoscaleMetricsTold),
})
export type Autoscaler = z.infer<typeof autoscalerSchema>

export const toldMetricSchema = z.strictObject({
  name: metricNameSchema,
  value: z.number().min(0).max(1e15),
})
