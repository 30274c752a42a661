import { type ClusterError, clusterError, type ErrorCode, type Outcome } from '@quarterdeck/domain'
import { TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import { z } from 'zod'
import { inputError } from './input-error.ts'

/** HTTP status and tRPC code of every refusal. */
const trpcCodes = {
  bad_input: 'BAD_REQUEST',
  node_not_found: 'NOT_FOUND',
  task_not_found: 'NOT_FOUND',
  service_not_found: 'NOT_FOUND',
  controller_not_found: 'NOT_FOUND',
  operation_not_found: 'NOT_FOUND',
  schedule_not_found: 'NOT_FOUND',
  broadcast_not_found: 'NOT_FOUND',
  breaker_not_found: 'NOT_FOUND',
  pool_not_found: 'NOT_FOUND',
  workflow_not_found: 'NOT_FOUND',
  job_template_not_found: 'NOT_FOUND',
  workflow_run_not_found: 'NOT_FOUND',
  user_not_found: 'NOT_FOUND',
  token_not_found: 'NOT_FOUND',
  plan_not_found: 'NOT_FOUND',
  already_exists: 'CONFLICT',
  wrong_state: 'CONFLICT',
  revision_conflict: 'CONFLICT',
  plan_outdated: 'CONFLICT',
  idempotency_conflict: 'CONFLICT',
  not_signed_in: 'UNAUTHORIZED',
  not_permitted: 'FORBIDDEN',
  bad_credentials: 'UNAUTHORIZED',
  bad_token: 'UNAUTHORIZED',
  rate_limited: 'TOO_MANY_REQUESTS',
  overloaded: 'SERVICE_UNAVAILABLE',
  queue_full: 'SERVICE_UNAVAILABLE',
  limit_reached: 'PRECONDITION_FAILED',
  no_leader: 'SERVICE_UNAVAILABLE',
  not_leader: 'PRECONDITION_FAILED',
  unavailable: 'SERVICE_UNAVAILABLE',
  outcome_unknown: 'GATEWAY_TIMEOUT',
  stale_session: 'PRECONDITION_FAILED',
  unsupported: 'NOT_IMPLEMENTED',
  internal: 'INTERNAL_SERVER_ERROR',
} as const satisfies Record<ErrorCode, TRPCError['code']>

/** Carries a refusal through tRPC as the cause of its error. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly error: ClusterError

  constructor(error: ClusterError) {
    super(error.message)
    this.error = error
  }
}

/** The only bridge from outcome to exception. */
export function unwrap<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value
  throw refused(outcome.error)
}

export function refused(error: ClusterError): TRPCError {
  return new TRPCError({ code: trpcCodes[error.code], message: error.message, cause: new Refusal(error) })
}

/** The HTTP answer for a request that is refused before tRPC sees it, in the shape of tRPC's own errors. */
export function refusalAnswer(error: ClusterError) {
  const code = trpcCodes[error.code]
  const status = getHTTPStatusCodeFromError(refused(error))
  return {
    status,
    body: {
      error: {
        message: error.message,
        code: TRPC_ERROR_CODES_BY_KEY[code],
        data: { code, httpStatus: status, cluster: error },
      },
    },
  }
}

/**
 * The refusal that a failed call is told. Whatever was not foreseen becomes `internal` without its text, which may hold anything;
 * the log has it under the request id.
 */
export function toClusterError(
  error: TRPCError,
  {
    input,
    path,
    requestId,
  }: { readonly input: unknown; readonly path: string | undefined; readonly requestId: string },
): ClusterError {
  const { cause } = error
  if (cause instanceof Refusal) return cause.error
  if (cause instanceof z.ZodError) return inputError(cause.issues, input)
  return (
    storeError(cause) ??
    transportError(error, path) ??
    clusterError('internal', `This controller failed on the request ${requestId}; its log says why.`)
  )
}

/** What the store says of itself by the names of its errors; null when it is another error. */
export function storeError(cause: unknown): ClusterError | null {
  if (!(cause instanceof Error)) return null
  if (cause.name === 'StoreAway') {
    return clusterError('unavailable', 'The store does not answer, and nothing was changed.', {
      remedy: 'Try again in a moment.',
      retryAfterMs: 1_000,
    })
  }
  if (cause.name === 'OutcomeUnknown') {
    return clusterError('outcome_unknown', 'The store did not answer in time: this may or may not have happened.', {
      remedy: 'Look at the current state, or repeat the call with the same idempotency key.',
      retryAfterMs: 1_000,
    })
  }
  return null
}

function transportError(error: TRPCError, path: string | undefined): ClusterError | null {
  if (error.cause instanceof SyntaxError) return clusterError('bad_input', 'The request is not valid JSON.')
  switch (error.code) {
    case 'NOT_FOUND':
      return clusterError('unsupported', `There is no procedure ${JSON.stringify((path ?? '').slice(0, 80))}.`)
    case 'PARSE_ERROR':
      return clusterError('bad_input', 'The request is not valid JSON.')
    case 'BAD_REQUEST':
    case 'METHOD_NOT_SUPPORTED':
    case 'UNSUPPORTED_MEDIA_TYPE':
    case 'PAYLOAD_TOO_LARGE':
      return clusterError('bad_input', error.message.slice(0, 300))
    default:
      return null
  }
}
