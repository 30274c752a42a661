import { z } from 'zod'
import { nodeIdSchema, planIdSchema, serviceIdSchema, taskIdSchema, unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'
import { serviceSpecSchema, specVersionSchema } from './service.ts'

/** What an operator thinks of doing with a service. */
export const serviceActSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('scale'),
    id: serviceIdSchema,
    replicas: z.number().int().min(0).max(limits.replicasMax),
  }),
  /** Without `version`: to the one before. */
  z.strictObject({ kind: z.literal('rollback'), id: serviceIdSchema, version: specVersionSchema.exactOptional() }),
  z.strictObject({ kind: z.literal('update'), spec: serviceSpecSchema }),
])
export type ServiceAct = z.infer<typeof serviceActSchema>

/** What happens in one slot. `nowhere`: a new replica that no node can take now. */
export const serviceMoveSchema = z.strictObject({
  slot: z.string().max(63),
  fate: z.enum(['starts', 'replaced', 'stops', 'nowhere']),
  /** Moves of one batch are under way together; the next batch begins when this one is healthy. */
  batch: z.number().int().positive(),
  /** The replica that stops; null where the slot is empty now. */
  taskId: taskIdSchema.nullable(),
  fromNodeId: nodeIdSchema.nullable(),
  toNodeId: nodeIdSchema.nullable(),
  because: z.string().max(500),
})
export type ServiceMove = z.infer<typeof serviceMoveSchema>

/** What an act does to a service, slot by slot. Kept for 30 minutes; a confirm names its id. */
export const serviceActPlanSchema = z.strictObject({
  v: z.literal(1),
  id: planIdSchema,
  serviceId: serviceIdSchema,
  what: z.enum(['scale', 'rollback', 'update']),
  /** What was asked for of the service when this was computed. */
  basis: z.string().max(64),
  computedAtMs: unixMsSchema,
  fromReplicas: z.number().int(),
  toReplicas: z.number().int(),
  /** 0: there is none yet, and the act makes it. */
  fromVersion: z.number().int(),
  toVersion: z.number().int(),
  moves: z.array(serviceMoveSchema),
  batches: z.number().int().nonnegative(),
  /** Replicas that are left alone. */
  untouched: z.number().int().nonnegative(),
  /** Sentences a person should read first, worst first. */
  warnings: z.array(z.string().max(500)).max(50),
  /** From how long replicas of this service took to become healthy; null when there is no history. */
  estimateMs: z.strictObject({ low: z.number(), high: z.number() }).nullable(),
})
export type ServiceActPlan = z.infer<typeof serviceActPlanSchema>

/** As it is kept for a confirm: with what was asked for, which no view shows. */
export const keptServicePlanSchema = serviceActPlanSchema.extend({ act: serviceActSchema })
export type KeptServicePlan = z.infer<typeof keptServicePlanSchema>

/** What became of one slot of a plan that was carried out. */
export const serviceOutcomeSchema = z.strictObject({
  slot: z.string().max(63),
  fate: z.enum(['pending', 'starting', 'started', 'replaced', 'stopped']),
  taskId: taskIdSchema.nullable(),
  nodeId: nodeIdSchema.nullable(),
})
export type ServiceOutcome = z.infer<typeof serviceOutcomeSchema>
