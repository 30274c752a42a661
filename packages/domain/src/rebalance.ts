import { z } from 'zod'
import { nodeIdSchema, planIdSchema, taskIdSchema, unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'

const timeOfDaySchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:30')

/** When the cluster may carry out its own advice. Absent in the settings: never by itself. */
export const automaticRebalanceSchema = z.strictObject({
  /** Tasks that may be moved within any hour, those that people asked for included. */
  movesPerHour: z.number().int().min(1).max(limits.rebalanceMovesMax),
  /** Begins only within it, UTC; over midnight when `from` is later than `to`. Null: at any time. */
  window: z.strictObject({ from: timeOfDaySchema, to: timeOfDaySchema }).nullable().default(null),
  /** Skew below this is left alone. */
  skewMin: z.number().min(0).max(10).default(0.2),
})
export type AutomaticRebalance = z.infer<typeof automaticRebalanceSchema>

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
