import type { z } from 'zod'
import {
  apiTokenSchema,
  handoffTicketSchema,
  joinTokenSchema,
  nodeCredentialSchema,
  setupSchema,
  userSchema,
  userSessionSchema,
} from './access.ts'
import { actPlanSchema } from './act-plan.ts'
import { autoscalerSchema } from './autoscale.ts'
import { broadcastSchema } from './broadcast.ts'
import { controllerSchema, leadershipSchema } from './controller.ts'
import { decisionSchema } from './decision.ts'
import { dispatchPlanSchema } from './dispatch-plan.ts'
import { breakerSchema } from './faults.ts'
import { idempotencySchema } from './idempotency.ts'
import { jobTemplateSchema } from './job-template.ts'
import { lossPlanSchema } from './loss-plan.ts'
import { nodeSchema } from './node.ts'
import { drainPlanSchema, operationSchema } from './operation.ts'
import { poolScalerSchema } from './pool-scaler.ts'
import { scheduleSchema } from './schedule.ts'
import { serviceSchema } from './service.ts'
import { keptServicePlanSchema } from './service-plan.ts'
import { settingsSchema } from './settings.ts'
import { strategyStateSchema } from './strategy-state.ts'
import { taskResultSchema, taskSchema } from './task.ts'
import { taskSpecSchema } from './task-spec.ts'
import { workflowRunSchema, workflowSchema, workflowVersionSchema } from './workflow.ts'

/**
 * Every kind of object in the store.
 *
 * `cold`: large and rarely read; not in the read caches, and the feed carries only that it changed.
 * `secret`: never leaves the control plane, in no view and no event.
 */
export const kinds = {
  node: { schema: nodeSchema, cold: false, secret: false },
  controller: { schema: controllerSchema, cold: false, secret: false },
  leadership: { schema: leadershipSchema, cold: false, secret: false },
  'task-spec': { schema: taskSpecSchema, cold: false, secret: false },
  task: { schema: taskSchema, cold: false, secret: false },
  'task-result': { schema: taskResultSchema, cold: true, secret: false },
  decision: { schema: decisionSchema, cold: true, secret: false },
  idempotency: { schema: idempotencySchema, cold: true, secret: false },
  operation: { schema: operationSchema, cold: false, secret: false },
  plan: { schema: drainPlanSchema, cold: true, secret: false },
  'act-plan': { schema: actPlanSchema, cold: true, secret: false },
  'loss-plan': { schema: lossPlanSchema, cold: true, secret: false },
  'service-plan': { schema: keptServicePlanSchema, cold: true, secret: true },
  'dispatch-plan': { schema: dispatchPlanSchema, cold: true, secret: true },
  'strategy-state': { schema: strategyStateSchema, cold: false, secret: false },
  breaker: { schema: breakerSchema, cold: false, secret: false },
  broadcast: { schema: broadcastSchema, cold: false, secret: false },
  schedule: { schema: scheduleSchema, cold: false, secret: false },
  service: { schema: serviceSchema, cold: false, secret: false },
  'job-template': { schema: jobTemplateSchema, cold: false, secret: false },
  workflow: { schema: workflowSchema, cold: false, secret: false },
  'workflow-version': { schema: workflowVersionSchema, cold: false, secret: false },
  'workflow-run': { schema: workflowRunSchema, cold: false, secret: false },
  autoscaler: { schema: autoscalerSchema, cold: false, secret: false },
  'pool-scaler': { schema: poolScalerSchema, cold: false, secret: true },
  settings: { schema: settingsSchema, cold: false, secret: false },
  user: { schema: userSchema, cold: false, secret: true },
  'user-session': { schema: userSessionSchema, cold: false, secret: true },
  'handoff-ticket': { schema: handoffTicketSchema, cold: true, secret: true },
  'api-token': { schema: apiTokenSchema, cold: false, secret: true },
  'join-token': { schema: joinTokenSchema, cold: false, secret: true },
  'node-credential': { schema: nodeCredentialSchema, cold: false, secret: true },
  setup: { schema: setupSchema, cold: false, secret: true },
} as const

export type Kind = keyof typeof kinds
export type ObjectOf<K extends Kind> = z.infer<(typeof kinds)[K]['schema']>
export const kindNames = Object.keys(kinds) as readonly Kind[]

/** A stored object of any kind, as the read cache holds it. */
export type Stored<K extends Kind = Kind> = {
  readonly kind: K
  readonly id: string
  /** Revision of the commit that wrote it last. */
  readonly revision: number
  readonly value: ObjectOf<K>
}
