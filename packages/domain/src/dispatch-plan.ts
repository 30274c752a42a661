import { z } from 'zod'
import { decisionEntrySchema } from './decision.ts'
import { planIdSchema, unixMsSchema } from './ids.ts'
import { taskSubmitSchema } from './task-spec.ts'

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
  /** How long a run takes, from the median to the longest of finished tasks of the same name; absent: none has succeeded yet. */
  estimateMs: z.strictObject({ low: z.number(), high: z.number() }).exactOptional(),
})
export type DispatchPlan = z.infer<typeof dispatchPlanSchema>
