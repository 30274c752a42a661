import {
  type BroadcastId,
  broadcastIdSchema,
  type JobTemplateId,
  jobTemplateIdSchema,
  type NodeId,
  nodeIdSchema,
  type OperationId,
  operationIdSchema,
  type PlanId,
  planIdSchema,
  type ScheduleId,
  type ServiceId,
  scheduleIdSchema,
  serviceIdSchema,
  type TaskId,
  taskIdSchema,
  type WorkflowId,
  type WorkflowRunId,
  workflowIdSchema,
  workflowRunIdSchema,
} from '@quarterdeck/domain'
import { UsageError } from '../failure.ts'

type IdSchema<Id> = { safeParse(text: string): { success: true; data: Id } | { success: false } }

function id<Id>(what: string, schema: IdSchema<Id>) {
  return (text: string): Id => {
    const parsed = schema.safeParse(text)
    if (parsed.success) return parsed.data
    const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
    throw new UsageError(
      `${shown} cannot be ${what}: it must be 1 to 63 characters of a-z 0-9 . _ - and start with a letter or digit`,
    )
  }
}

export const nodeIdOf = id<NodeId>('a node', nodeIdSchema)
export const taskIdOf = id<TaskId>('a task', taskIdSchema)
export const serviceIdOf = id<ServiceId>('a service', serviceIdSchema)
export const operationIdOf = id<OperationId>('an operation', operationIdSchema)
export const planIdOf = id<PlanId>('a plan', planIdSchema)
export const scheduleIdOf = id<ScheduleId>('a schedule', scheduleIdSchema)
export const broadcastIdOf = id<BroadcastId>('a broadcast', broadcastIdSchema)
export const workflowIdOf = id<WorkflowId>('a workflow', workflowIdSchema)
export const workflowRunIdOf = id<WorkflowRunId>('a run of a workflow', workflowRunIdSchema)
export const jobTemplateIdOf = id<JobTemplateId>('a job template', jobTemplateIdSchema)
