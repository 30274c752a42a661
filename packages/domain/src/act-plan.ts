import { z } from 'zod'
import { controllerIdSchema, nodeIdSchema, planIdSchema, unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'
import { moveSchema } from './move.ts'

/** Acts on nodes that are over quickly. A drain takes its time and has a plan of its own. */
export const plannedActs = ['cordon', 'remove', 'promote', 'demote'] as const
export type PlannedAct = (typeof plannedActs)[number]

/** What the nodes that take new work have free together; amounts as reserved, not as measured. */
export const roomSchema = z.strictObject({
  nodes: z.number().int(),
  cpuMillisFree: z.number(),
  memoryBytesFree: z.number(),
  taskSlotsFree: z.number(),
  /** The most that one task could ask for and still find a node, each by itself. */
  cpuMillisLargest: z.number(),
  memoryBytesLargest: z.number(),
})
export type Room = z.infer<typeof roomSchema>

/** What an act on nodes would do. Kept for 30 minutes; a confirm names its id. */
export const actPlanSchema = z.strictObject({
  v: z.literal(1),
  id: planIdSchema,
  by: z.string().max(200),
  act: z.enum(plannedActs),
  nodeIds: z.array(nodeIdSchema).max(limits.bulkTargetsMax),
  computedAtMs: unixMsSchema,
  /** What a person should read, worst first. */
  sentences: z.array(z.strictObject({ tone: z.enum(['info', 'warn']), text: z.string().max(1_000) })).max(100),
  /** Capacity before and after; null for an act that leaves it as it is. */
  room: z.strictObject({ before: roomSchema, after: roomSchema }).nullable(),
  /** Live controllers before and after; null for an act that leaves them as they are. All but one can be lost while the store lives. */
  controllers: z.strictObject({ before: z.number().int(), after: z.number().int() }).nullable(),
  /** Leadership that moves; `to` is null when nobody is left. Null for an act that leaves it where it is. */
  handover: z.strictObject({ from: controllerIdSchema, to: controllerIdSchema.nullable() }).nullable(),
  /** What becomes of each task of a node that is removed; empty for the other acts. */
  moves: z.array(moveSchema),
  /** The receiver that ends up fullest; shares of reserved CPU or memory, whichever is higher, 0..1. */
  busiest: z.strictObject({ nodeId: nodeIdSchema, before: z.number(), after: z.number() }).nullable(),
  /** From the median to the longest of earlier acts of this kind; absent: there is none to go by. */
  estimateMs: z.strictObject({ low: z.number(), high: z.number() }).exactOptional(),
})
export type ActPlan = z.infer<typeof actPlanSchema>

/** What really came of an act, to be read beside its plan: the same quantities, measured when it was over. */
export const actOutcomeSchema = z.strictObject({
  room: roomSchema.nullable(),
  controllers: z.number().int().nullable(),
  leader: controllerIdSchema.nullable(),
})
export type ActOutcome = z.infer<typeof actOutcomeSchema>
