import { z } from 'zod'
import { nodeIdSchema, planIdSchema, unixMsSchema } from './ids.ts'

/** What stays of a dispatch plan with the task that was made of it. */
export const foreseenSchema = z.strictObject({
  planId: planIdSchema,
  computedAtMs: unixMsSchema,
  /** Null: it was to wait. */
  nodeId: nodeIdSchema.nullable(),
  because: z.string().max(1_000),
  /** How long it was to run; absent: nobody knew. */
  estimateMs: z.strictObject({ low: z.number(), high: z.number() }).exactOptional(),
})
export type Foreseen = z.infer<typeof foreseenSchema>
