import { z } from 'zod'
import { actOutcomeSchema, actPlanSchema } from './act-plan.ts'
import { type NodeId, nodeIdSchema, operationIdSchema, planIdSchema, taskIdSchema, unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'
import { type Move, moveSchema } from './move.ts'
import { drainOptionsSchema } from './node.ts'
import { rebalancePlanSchema } from './rebalance.ts'
import { serviceActPlanSchema, serviceOutcomeSchema } from './service-plan.ts'

/** What a drain will do, computed by the same `plan()` that carries it out. Kept for 30 minutes; a confirm names its id. */
export const drainPlanSchema = z.strictObject({
  v: z.literal(1),
  id: planIdSchema,
  revision: z.number().int().nonnegative(),
  computedAtMs: unixMsSchema,
  nodeIds: z.array(nodeIdSchema).max(limits.bulkTargetsMax),
  options: drainOptionsSchema,
  moves: z.array(moveSchema),
  counts: z.strictObject({
    finish: z.number().int(),
    move: z.number().int(),
    stay: z.number().int(),
    end: z.number().int(),
    nowhere: z.number().int(),
  }),
  /** The receiver that ends up fullest; shares of reserved CPU or memory, whichever is higher, 0..1. */
  busiest: z.strictObject({ nodeId: nodeIdSchema, before: z.number(), after: z.number() }).nullable(),
  /** Sentences a person should read first, worst first. */
  warnings: z.array(z.string().max(500)).max(50),
  /** Rough time until empty from the run times of finished tasks of the same name; null when there is no history. */
  estimateMs: z.strictObject({ low: z.number(), high: z.number() }).nullable(),
})
export type DrainPlan = z.infer<typeof drainPlanSchema>

/** What taints of a node would do to the tasks that it holds. A question: nothing is kept or changed. */
export type TaintPreview = {
  readonly nodeId: NodeId
  readonly computedAtMs: number
  /** The tasks that a taint `no-execute` would stop, now or when their toleration is over. */
  readonly moves: readonly Move[]
  /** How many of the node's tasks go on. */
  readonly stay: number
}

export const operationKinds = [
  'drain',
  'cordon',
  'uncordon',
  'remove',
  'promote',
  'demote',
  'rebalance',
  'plan',
  'service',
] as const

/** A long act with plan, progress and an end. One of kind `plan` is a drain that was only thought through: made to be shown and applied. */
export const operationSchema = z.strictObject({
  v: z.literal(1),
  id: operationIdSchema,
  kind: z.enum(operationKinds),
  nodeIds: z.array(nodeIdSchema).max(limits.bulkTargetsMax),
  by: z.string().max(200),
  reason: z.string().max(limits.reasonLengthMax),
  state: z.enum(['running', 'done', 'stopped', 'failed']),
  startedAtMs: unixMsSchema,
  endedAtMs: unixMsSchema.nullable(),
  /** The plan that was confirmed; null for acts that need none. */
  plan: drainPlanSchema.nullable(),
  /** The advice that is carried out; only of a rebalance. */
  rebalance: rebalancePlanSchema.exactOptional(),
  /** What was confirmed for a service, and what became of each slot; only of an act on a service. */
  service: z.strictObject({ plan: serviceActPlanSchema, actual: z.array(serviceOutcomeSchema) }).exactOptional(),
  /** What was confirmed, and what came of it once it is over; of a cordon, removal, promotion or demotion that was planned. */
  act: z.strictObject({ plan: actPlanSchema, actual: actOutcomeSchema.nullable() }).exactOptional(),
  /** What really happened to each task: `toNodeId` where it runs now. */
  actual: z.array(
    z.strictObject({ taskId: taskIdSchema, fate: z.string().max(32), toNodeId: nodeIdSchema.nullable() }),
  ),
  /** Per node: progress in tasks, and what it waits for in words. */
  progress: z.array(
    z.strictObject({
      nodeId: nodeIdSchema,
      state: z.enum(['waiting', 'running', 'done', 'stopped', 'failed']),
      tasksAtStart: z.number().int(),
      tasksLeft: z.number().int(),
      blockedBy: z.array(z.string().max(500)).max(20),
    }),
  ),
})
export type Operation = z.infer<typeof operationSchema>
