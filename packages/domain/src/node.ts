import { z } from 'zod'
import {
  controllerIdSchema,
  incarnationSchema,
  nodeIdSchema,
  operationIdSchema,
  sessionIdSchema,
  unixMsSchema,
} from './ids.ts'
import { labelsSchema } from './labels.ts'
import { limits } from './limits.ts'
import { nodeHealths, nodeRoles, nodeSchedulings } from './node-states.ts'
import { nodeTaintSchema, poolNameSchema } from './placing.ts'
import { capacitySchema } from './resources.ts'

export const nodeHealthSchema = z.enum(nodeHealths)
export const nodeSchedulingSchema = z.enum(nodeSchedulings)
export const nodeRoleSchema = z.enum(nodeRoles)

/** How a drain treats the tasks of its node. */
export const drainOptionsSchema = z.strictObject({
  /**
   * `wait`: tasks may finish until `deadlineMs`, then `afterDeadline` decides. `no-deadline`: as long as they need.
   * `now`: every task is stopped at once and queued again elsewhere.
   */
  mode: z.enum(['wait', 'no-deadline', 'now']).default('wait'),
  deadlineMs: z
    .number()
    .int()
    .min(1_000)
    .max(7 * 24 * 3_600_000)
    .default(15 * 60_000),
  /** `keep`: the rest keeps running and the node ends cordoned. `force`: the rest is stopped and queued elsewhere. */
  afterDeadline: z.enum(['keep', 'force']).default('keep'),
  systemTasks: z.enum(['leave', 'drain']).default('leave'),
  /** How many tasks may be on the move at once. */
  parallelMax: z.number().int().min(1).max(1_000).default(4),
  whenEmpty: z.enum(['stay-drained', 'uncordon']).default('stay-drained'),
})
export type DrainOptions = z.infer<typeof drainOptionsSchema>

export const nodeDrainSchema = drainOptionsSchema.extend({
  operationId: operationIdSchema,
  startedAtMs: unixMsSchema,
})
export type NodeDrain = z.infer<typeof nodeDrainSchema>

/** Why the failure detector says what it says: kept with each change of health and shown. */
export const evidenceSchema = z.strictObject({
  atMs: unixMsSchema,
  from: nodeHealthSchema,
  to: nodeHealthSchema,
  /** One sentence: "connection closed without goodbye 0.6 s after the last beat". */
  because: z.string().max(limits.reasonLengthMax),
  /** Age of the last beats when it was decided, milliseconds, newest first. */
  beatAgesMs: z.array(z.number()).max(8),
  silenceMs: z.number().nonnegative(),
  phi: z.number().nonnegative().nullable(),
  /** 1 = the observer trusts itself; up to 8 stretches every timeout. */
  localHealth: z.number().min(1).max(8),
  streamClosed: z.boolean(),
  decidedBy: controllerIdSchema,
})
export type Evidence = z.infer<typeof evidenceSchema>

/** Who asked for a change, when, and in which words. */
export const remarkSchema = z.strictObject({
  by: z.string().max(200),
  atMs: unixMsSchema,
  reason: z.string().max(limits.reasonLengthMax),
})
export type Remark = z.infer<typeof remarkSchema>

export const handlerNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-zA-Z0-9._-]{0,62}$/, 'must be 1 to 63 letters, digits, . _ - and start with a-z or 0-9')

/** What an agent says of its machine when it registers. */
export const nodeFactsSchema = z.strictObject({
  hostname: z.string().max(255),
  os: z.string().max(128),
  arch: z.string().max(32),
  cpuModel: z.string().max(128),
  cpuCount: z.number().int().positive(),
  agentVersion: z.string().max(32),
  nodeVersion: z.string().max(32),
  pid: z.number().int().nonnegative(),
  bootId: z.string().max(64),
  startedAtMs: unixMsSchema,
  addresses: z.array(z.string().max(64)).max(16),
  /** How this agent can limit a task: cgroup v1, v2, or rlimits only. */
  isolation: z.enum(['cgroup-v2', 'cgroup-v1', 'rlimit', 'none']),
  drivers: z.array(z.enum(['exec', 'handler'])),
  handlers: z.array(handlerNameSchema).max(256),
  /** Whether this machine may host a controller when it is promoted, and if not, why. */
  canHostController: z.boolean(),
})
export type NodeFacts = z.infer<typeof nodeFactsSchema>

/**
 * A machine with an agent. Writers: identity, facts and session by the controller that holds the agent's session; health and
 * evidence by the leader; scheduling, drain and desired role by operators (and the drain controller).
 */
export const nodeSchema = z.strictObject({
  v: z.literal(1),
  id: nodeIdSchema,
  zone: z.string().max(limits.nameLengthMax),
  region: z.string().max(limits.nameLengthMax),
  labels: labelsSchema,
  /** Absent: the pool `default`. */
  pool: poolNameSchema.optional(),
  taints: z.array(nodeTaintSchema).max(limits.taintsMax).optional(),
  capacity: capacitySchema,
  facts: nodeFactsSchema,
  joinedAtMs: unixMsSchema,
  /** The life of the agent process that registered last. */
  incarnation: incarnationSchema,
  /** The connection in force; null after a goodbye. */
  session: z.strictObject({ id: sessionIdSchema, controllerId: controllerIdSchema, sinceMs: unixMsSchema }).nullable(),
  health: nodeHealthSchema,
  healthSinceMs: unixMsSchema,
  /** Last transitions of health, newest first, at most 10. */
  evidence: z.array(evidenceSchema).max(10),
  falseSuspicions: z.number().int().nonnegative(),
  scheduling: nodeSchedulingSchema,
  schedulingSinceMs: unixMsSchema,
  remark: remarkSchema.nullable(),
  drain: nodeDrainSchema.nullable(),
  desiredRole: z.enum(['worker', 'standby']),
  /** Set when the same identity is used by two machines. */
  quarantined: z.string().max(limits.reasonLengthMax).nullable(),
})
export type Node = z.infer<typeof nodeSchema>
