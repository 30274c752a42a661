import { z } from 'zod'
import { nodeIdSchema, planIdSchema, taskIdSchema, unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'

/** One task that the advice would move. `attempt` is the try that it stands on: a later one is another story. */
export const rebalanceMoveSchema = z.strictObject({
  taskId: taskIdSchema,
  name: z.string().max(limits.nameLengthMax),
  attempt: z.number().int().positive(),
  fromNodeId: nodeIdSchema,
  toNodeId: nodeIdSchema,
  because: z.string().max(500),
})
export type RebalanceMove = z.infer<typeof rebalanceMoveSchema>

/**
 * The fewest moves that cut skew most. Skew: coefficient of variation, over the nodes that take new work, of the share of CPU or memory
 * that is reserved, whichever is fuller. The id is made of the moves, so that equal advice has an equal id, whoever computes it.
 */
export const rebalancePlanSchema = z.strictObject({
  v: z.literal(1),
  id: planIdSchema,
  revision: z.number().int().nonnegative(),
  computedAtMs: unixMsSchema,
  moves: z.array(rebalanceMoveSchema).max(limits.rebalanceMovesMax),
  skewBefore: z.number().nonnegative(),
  skewAfter: z.number().nonnegative(),
  /** Nodes that the skew is counted over. */
  nodesCompared: z.number().int().nonnegative(),
  /** Tasks on them that may be moved: at-least-once, running, and with `onDrain: move`. */
  tasksMovable: z.number().int().nonnegative(),
})
export type RebalancePlan = z.infer<typeof rebalancePlanSchema>
