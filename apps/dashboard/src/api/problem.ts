import type { AppRouter } from '@quarterdeck/api/client'
import type { ErrorCode } from '@quarterdeck/domain'
import { TRPCClientError } from '@trpc/client'

/** A failed call in words for a person. */
export type Problem = {
  /** `unreachable`: no answer came, so what was asked may or may not have happened. */
  readonly code: ErrorCode | 'unreachable'
  readonly message: string
  readonly remedy: string | null
  readonly field: string | null
  readonly retryAfterMs: number | null
}

/** Reads the API's typed refusal out of whatever was thrown. */
export function toProblem(error: unknown): Problem {
  if (error instanceof TRPCClientError) {
    const { data } = error as TRPCClientError<AppRouter>
    if (data?.cluster) {
      const { code, message, remedy, field, retryAfterMs } = data.cluster
      return { code, message, remedy: remedy ?? null, field: field ?? null, retryAfterMs: retryAfterMs ?? null }
    }
  }
  return {
    code: 'unreachable',
    message: 'No answer came from the control plane.',
    remedy: 'What you asked for may still happen. Check before you try again.',
    field: null,
    retryAfterMs: null,
  }
}
