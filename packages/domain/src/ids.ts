import { z } from 'zod'

/**
 * Every id in the cluster has one shape: 1 to 63 characters, lower case letters, digits, dot, underscore, hyphen, starting with a
 * letter or digit. No braces and no colons, because an id becomes part of a Redis key and must not be able to forge a hash tag.
 */
export const ID_PATTERN = /^[a-z0-9][a-z0-9._-]{0,62}$/

const idText = z
  .string()
  .regex(ID_PATTERN, 'must be 1 to 63 characters of a-z 0-9 . _ - and start with a letter or digit')

export const nodeIdSchema = idText.brand<'NodeId'>()
export const taskIdSchema = idText.brand<'TaskId'>()
export const controllerIdSchema = idText.brand<'ControllerId'>()
export const operationIdSchema = idText.brand<'OperationId'>()
export const planIdSchema = idText.brand<'PlanId'>()
/** Shorter than other ids, because it begins the ids of its tasks. */
export const serviceIdSchema = idText.max(32).brand<'ServiceId'>()
export const userIdSchema = idText.brand<'UserId'>()
export const tokenIdSchema = idText.brand<'TokenId'>()
export const sessionIdSchema = idText.brand<'SessionId'>()
/** Short, so that the id of a child (the broadcast's, a dot, its index) is an id, too. */
export const broadcastIdSchema = idText
  .refine((text) => text.length <= 40, 'a broadcast takes at most 40 characters')
  .brand<'BroadcastId'>()
/** Short, so that the id of a run (the schedule's, a dot, the due time) is an id, too. */
export const scheduleIdSchema = idText
  .refine((text) => text.length <= 40, 'a schedule takes at most 40 characters')
  .brand<'ScheduleId'>()
export const workflowIdSchema = idText
  .refine((text) => text.length <= 40, 'a workflow takes at most 40 characters')
  .brand<'WorkflowId'>()
/** Short, so that the id of a step's task (the run's, the step's index, a number) is an id, too. */
export const workflowRunIdSchema = idText
  .refine((text) => text.length <= 40, 'a run of a workflow takes at most 40 characters')
  .brand<'WorkflowRunId'>()
export const jobTemplateIdSchema = idText.brand<'JobTemplateId'>()
export const incarnationSchema = idText.brand<'Incarnation'>()
export const shardNameSchema = idText.brand<'ShardName'>()

export type NodeId = z.infer<typeof nodeIdSchema>
export type TaskId = z.infer<typeof taskIdSchema>
export type ControllerId = z.infer<typeof controllerIdSchema>
export type OperationId = z.infer<typeof operationIdSchema>
export type ServiceId = z.infer<typeof serviceIdSchema>
export type PlanId = z.infer<typeof planIdSchema>
export type UserId = z.infer<typeof userIdSchema>
export type BroadcastId = z.infer<typeof broadcastIdSchema>
export type ScheduleId = z.infer<typeof scheduleIdSchema>
export type JobTemplateId = z.infer<typeof jobTemplateIdSchema>
export type WorkflowId = z.infer<typeof workflowIdSchema>
export type WorkflowRunId = z.infer<typeof workflowRunIdSchema>
export type TokenId = z.infer<typeof tokenIdSchema>
/** One life of an agent's connection. */
export type SessionId = z.infer<typeof sessionIdSchema>
/** One life of a process (agent or controller). Never reused. */
export type Incarnation = z.infer<typeof incarnationSchema>
export type ShardName = z.infer<typeof shardNameSchema>

/** The one shard of the static and dynamic modes, and the home of cluster-wide data. */
export const MAIN_SHARD = shardNameSchema.parse('main')

/** Revision of the store: +1 per commit, jumps by 2^20 at a new history. */
export const revisionSchema = z.number().int().nonnegative()
export type Revision = z.infer<typeof revisionSchema>

/** Milliseconds since 1970 by the wall clock: for display and schedules, never for durations. */
export const unixMsSchema = z.number().nonnegative().brand<'UnixMs'>()
export type UnixMs = z.infer<typeof unixMsSchema>

/** Milliseconds of a clock that never goes back: for durations and timeouts, meaningless in another process. */
export const monotonicMsSchema = z.number().brand<'MonotonicMs'>()
export type MonotonicMs = z.infer<typeof monotonicMsSchema>
