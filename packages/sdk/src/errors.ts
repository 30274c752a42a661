import { type ClusterError, clusterErrorSchema, type ErrorCode } from '@quarterdeck/domain'
import { TRPCClientError } from '@trpc/client'

/**
 * A call that was refused, or that no controller answered. `message` is one sentence, `remedy` says what can be done now.
 * `sent` is false when no controller can have acted on the call: then repeating it is always safe.
 */
export class QuarterdeckError extends Error {
  override readonly name = 'QuarterdeckError'
  readonly code: ErrorCode
  readonly remedy: string | undefined
  /** Wait this long before trying again, milliseconds. */
  readonly retryAfterMs: number | undefined
  /** Input field that was refused, in dotted form. */
  readonly field: string | undefined
  readonly sent: boolean

  constructor(error: ClusterError, { sent, cause }: { readonly sent: boolean; readonly cause?: unknown }) {
    super(error.message, { cause })
    this.code = error.code
    this.remedy = error.remedy
    this.retryAfterMs = error.retryAfterMs
    this.field = error.field
    this.sent = sent
  }
}

/** Whatever a call threw, as the one error of this package. `url`: the controller that was asked. */
export function toQuarterdeckError(thrown: unknown, url: string): QuarterdeckError {
  if (thrown instanceof QuarterdeckError) return thrown
  if (thrown instanceof TRPCClientError) {
    const refusal = clusterErrorSchema.safeParse((thrown.data as { cluster?: unknown } | null | undefined)?.cluster)
    if (refusal.success) return new QuarterdeckError(refusal.data, { sent: true, cause: thrown })
  }
  if (isAbort(thrown)) {
    const aborted = { code: 'outcome_unknown', message: 'The call was given up before its answer came.' } as const
    return new QuarterdeckError(aborted, { sent: true, cause: thrown })
  }
  const code = systemCode(thrown)
  // Only these say for sure that the request never left.
  if (code && neverSent.has(code)) {
    return new QuarterdeckError(
      {
        code: 'unavailable',
        message: `No controller answers at ${url} (${code}).`,
        remedy: 'Check the address and that a controller runs there.',
      },
      { sent: false, cause: thrown },
    )
  }
  const said = innermostMessage(thrown)
  return new QuarterdeckError(
    {
      code: 'outcome_unknown',
      message: `${url} did not give an answer that can be read (${code ?? said.slice(0, 200)}).`,
      remedy: 'Look at the current state before repeating a change.',
    },
    { sent: true, cause: thrown },
  )
}

const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
])

function isAbort(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (error.name === 'AbortError' || error.name === 'TimeoutError') return true
  }
  return false
}

/** `fetch failed` says nothing; what caused it does. */
function innermostMessage(thrown: unknown): string {
  let said = String(thrown)
  for (let error = thrown; error instanceof Error; error = error.cause) said = error.message || said
  return said
}

/** The system's own code, wherever in the chain of causes it stands. */
function systemCode(thrown: unknown): string | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string') return error.code
    const first = error instanceof AggregateError ? error.errors[0] : undefined
    if (first instanceof Error && 'code' in first && typeof first.code === 'string') return first.code
  }
  return undefined
}
