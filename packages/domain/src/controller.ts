import { z } from 'zod'
import { controllerIdSchema, incarnationSchema, nodeIdSchema, unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'

/** A control-plane replica. `live` is written by itself, `down` by the leader, `left` at a planned stop. */
export const controllerSchema = z.strictObject({
  v: z.literal(1),
  id: controllerIdSchema,
  incarnation: incarnationSchema,
  state: z.enum(['live', 'down', 'left']),
  sinceMs: unixMsSchema,
  startedAtMs: unixMsSchema,
  /** Where browsers, agents and peers reach it, for example http://127.0.0.1:7400 */
  url: z.string().max(300),
  version: z.string().max(32),
  /** The node it runs on, when it was started by a promotion. */
  nodeId: nodeIdSchema.nullable(),
})
export type Controller = z.infer<typeof controllerSchema>

/** One change of leader, with its stopwatch. All durations in milliseconds; null where it could not be seen. */
export const takeoverSchema = z.strictObject({
  epoch: z.number().int().positive(),
  holder: controllerIdSchema,
  previous: controllerIdSchema.nullable(),
  how: z.enum(['first', 'presence-gone', 'lapsed', 'unchanged', 'transfer', 'released']),
  atMs: unixMsSchema,
  /** From the previous holder's last renewal to the new lease. */
  gapMs: z.number().nonnegative().nullable(),
  /** From the new lease to its first decision. */
  firstDecisionMs: z.number().nonnegative().nullable(),
})
export type Takeover = z.infer<typeof takeoverSchema>

export const leadershipSchema = z.strictObject({
  v: z.literal(1),
  id: z.literal('main'),
  mode: z.enum(['dynamic']),
  takeovers: z.array(takeoverSchema).max(limits.takeoversKept),
  /** Writes of deposed leaders that the fence refused, as counted by those leaders afterwards. */
  staleWritesRefused: z.number().int().nonnegative(),
  /** An operator's wish to move leadership. The leader carries it out or drops it; one that is older than 10 s is void. */
  wanted: z
    .strictObject({
      controllerId: controllerIdSchema,
      by: z.string().max(200),
      reason: z.string().max(limits.reasonLengthMax),
      atMs: unixMsSchema,
    })
    .nullable()
    .default(null),
})
export type Leadership = z.infer<typeof leadershipSchema>
