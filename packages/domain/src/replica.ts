import { z } from 'zod'
import { serviceIdSchema, unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'

/** Which replica of which service a task is. */
export const replicaSchema = z.strictObject({
  serviceId: serviceIdSchema,
  /** `0`, `1`, …; for a system service the id of its node. */
  slot: z.string().max(63),
  specVersion: z.number().int().positive(),
  /** Restarts of this slot since `restartsSinceMs`, this task included. */
  restarts: z.number().int().nonnegative(),
  restartsSinceMs: unixMsSchema.nullable(),
})
export type Replica = z.infer<typeof replicaSchema>

/** What the agent's health check says of the current attempt; a task without a check has none. */
export const taskHealthSchema = z.strictObject({
  healthy: z.boolean(),
  because: z.string().max(limits.reasonLengthMax),
  sinceMs: unixMsSchema,
})
export type TaskHealth = z.infer<typeof taskHealthSchema>
