import { z } from 'zod'
import { decisionEntrySchema } from './decision.ts'
import { nodeIdSchema, planIdSchema, taskIdSchema, unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'
import { taskSubmitSchema } from './task-spec.ts'

/** Tasks that would be stopped on one node for one that fits nowhere and may preempt, the least important first. */
export const foreseenRoomSchema = z.strictObject({
  nodeId: nodeIdSchema,
  stops: z.array(
    z.strictObject({ taskId: taskIdSchema, name: z.string().max(limits.nameLengthMax), priority: z.number().int() }),
  ),
})
export type ForeseenRoom = z.infer<typeof foreseenRoomSchema>

/** What the dispatch of a task would do, as it was foreseen. Kept for 30 minutes; a confirm names its id. */
export const dispatchPlanSchema = z.strictObject({
  v: z.literal(1),
  id: planIdSchema,
  by: z.string().max(200),
  computedAtMs: unixMsSchema,
  task: taskSubmitSchema,
  decision: decisionEntrySchema,
  /** Milliseconds that the oldest queued task of the same or a higher priority had waited. */
  queueWaitMs: z.number().nonnegative(),
  runningNow: z.number().int().nonnegative(),
  /** Absent: nothing is stopped for it. */
  makesRoom: foreseenRoomSchema.exactOptional(),
  /** How long a run takes, from the median to the longest of finished tasks of the same name; absent: none has succeeded yet. */
  estimateMs: z.strictObject({ low: z.number(), high: z.number() }).exactOptional(),
})
export type DispatchPlan = z.infer<typeof dispatchPlanSchema>
