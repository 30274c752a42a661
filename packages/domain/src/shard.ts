import { z } from 'zod'

/** What a task is told of the broadcast that it is part of. */
export const shardSchema = z.strictObject({
  index: z.number().int().nonnegative(),
  total: z.number().int().positive(),
})
export type Shard = z.infer<typeof shardSchema>
