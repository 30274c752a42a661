import { z } from 'zod'

/**
 * Every refusal that the API can give. `message` is one sentence naming the field or object, the value and what is accepted;
 * `remedy` says what the caller can do now.
 */
export const errorCodes = [
  'bad_input',
  'node_not_found',
  'task_not_found',
  'service_not_found',
  'controller_not_found',
  'operation_not_found',
  'schedule_not_found',
  'broadcast_not_found',
  'breaker_not_found',
  'pool_not_found',
  'workflow_not_found',
  'job_template_not_found',
  'workflow_run_not_found',
  'user_not_found',
  'token_not_found',
  'plan_not_found',
  'already_exists',
  'wrong_state',
  'revision_conflict',
  'plan_outdated',
  'idempotency_conflict',
  'not_signed_in',
  'not_permitted',
  'bad_credentials',
  'bad_token',
  'rate_limited',
  'overloaded',
  'queue_full',
  'limit_reached',
  'no_leader',
  'not_leader',
  'unavailable',
  'outcome_unknown',
  'stale_session',
  'unsupported',
  /** A bug: the log of the controller says more, under the request id. */
  'internal',
] as const

export const errorCodeSchema = z.enum(errorCodes)
export type ErrorCode = z.infer<typeof errorCodeSchema>

export const clusterErrorSchema = z.strictObject({
  code: errorCodeSchema,
  message: z.string().max(2_000),
  remedy: z.string().max(1_000).optional(),
  /** Wait this long before trying again, milliseconds. */
  retryAfterMs: z.number().int().nonnegative().optional(),
  /** Input field that was refused, in dotted form. */
  field: z.string().max(200).optional(),
})
export type ClusterError = z.infer<typeof clusterErrorSchema>

export function clusterError(
  code: ErrorCode,
  message: string,
  more: { readonly remedy?: string; readonly retryAfterMs?: number; readonly field?: string } = {},
): ClusterError {
  return { code, message, ...more }
}
