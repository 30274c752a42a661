import { z } from 'zod'
import { taskIdSchema, unixMsSchema } from './ids.ts'

/** Makes a repeated submit find its task. The object's id is a hash of the principal and the key. */
export const idempotencySchema = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  taskId: taskIdSchema,
  /** Hash of the spec: the same key with another spec is an error. */
  specHash: z.string(),
  createdAtMs: unixMsSchema,
})
export type Idempotency = z.infer<typeof idempotencySchema>
