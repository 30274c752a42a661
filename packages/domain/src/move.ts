import { z } from 'zod'
import { nodeIdSchema, taskIdSchema } from './ids.ts'
import { limits } from './limits.ts'

/**
 * What a drain or a loss does with one task. `finishes-here`: it may end by itself before the deadline. `moves`: stopped and started on
 * `toNodeId`. `stays`: a system task, or kept after the deadline; after a loss, it waits as unknown. `ends`: stopped and never run again
 * (at-most-once). `nowhere`: no node can take it.
 */
export const moveSchema = z.strictObject({
  taskId: taskIdSchema,
  name: z.string().max(limits.nameLengthMax),
  fate: z.enum(['finishes-here', 'moves', 'stays', 'ends', 'nowhere']),
  fromNodeId: nodeIdSchema,
  toNodeId: nodeIdSchema.nullable(),
  because: z.string().max(500),
})
export type Move = z.infer<typeof moveSchema>
