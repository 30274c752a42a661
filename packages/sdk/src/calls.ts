import { setTimeout as delay } from 'node:timers/promises'
import type { AppRouter } from '@quarterdeck/api/client'
import type { ErrorCode } from '@quarterdeck/domain'
import { createTRPCUntypedClient, httpLink, type TRPCUntypedClient } from '@trpc/client'
import type { Credential } from './credential.ts'
import type { Endpoints } from './endpoints.ts'
import { type QuarterdeckError, toQuarterdeckError } from './errors.ts'

export type CallOptions = {
  readonly signal?: AbortSignal
  /** Longest wait for one answer, milliseconds. Default 15 s. */
  readonly timeoutMs?: number
}

type Call = CallOptions & {
  readonly kind: 'query' | 'mutation'
  readonly path: string
  readonly input: unknown
  /** Whether doing it twice is the same as doing it once. */
  readonly repeatable: boolean
}

export type Calls = { call(call: Call): Promise<unknown> }

const TIMEOUT_MS = 15_000
const BACKOFF_BASE_MS = 100
const BACKOFF_CAP_MS = 2_000

/**
 * Calls over HTTP, from one controller to the next when one does not answer.
 *
 * Repeated are calls that were surely not received, and those for which doing it twice is doing it once; anything else is the caller's
 * to decide, with `outcome_unknown` in hand.
 */
export function createCalls({
  endpoints,
  credential,
  retryForMs,
}: {
  readonly endpoints: Endpoints
  readonly credential: Credential
  /** How long a call is tried again in all, milliseconds. */
  readonly retryForMs: number
}): Calls {
  const clients = new Map<string, TRPCUntypedClient<AppRouter>>()
  let everAnswered = false

  return {
    async call(call) {
      const startedAt = performance.now()
      for (let tries = 1; ; tries++) {
        const url = endpoints.current()
        try {
          const answer = await once(url, call)
          everAnswered = true
          return answer
        } catch (thrown) {
          if (call.signal?.aborted) throw toQuarterdeckError(call.signal.reason, url)
          const failure = toQuarterdeckError(thrown, url)
          if (failure.sent) everAnswered = true
          if (!failure.sent || passing.has(failure.code)) endpoints.leave(url)
          const waitMs = pauseMs(failure, tries)
          const late = performance.now() - startedAt + waitMs > retryForMs
          // A client that never reached anybody has a wrong address: one look at each says so at once.
          const hopeless = !everAnswered && tries >= endpoints.count
          if (!mayRepeat(failure, call) || late || hopeless) throw failure
          await delay(waitMs, undefined, call.signal ? { signal: call.signal } : {})
        }
      }
    },
  }

  async function once(url: string, { kind, path, input, timeoutMs = TIMEOUT_MS, signal }: Call): Promise<unknown> {
    const timeout = AbortSignal.timeout(timeoutMs)
    const options = { signal: signal ? AbortSignal.any([signal, timeout]) : timeout }
    return kind === 'query'
      ? await clientOf(url).query(path, input, options)
      : await clientOf(url).mutation(path, input, options)
  }

  function clientOf(url: string): TRPCUntypedClient<AppRouter> {
    const known = clients.get(url)
    if (known) return known
    const link = httpLink({ url: `${url}/trpc`, headers: () => credential.headers(url) })
    const client = createTRPCUntypedClient<AppRouter>({ links: [link] })
    clients.set(url, client)
    return client
  }
}

/** Refusals that another controller would not give in the same moment. */
export const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'unavailable',
  'outcome_unknown',
  'overloaded',
  'rate_limited',
  'no_leader',
  'not_leader',
])

function mayRepeat(failure: QuarterdeckError, { repeatable }: Pick<Call, 'repeatable'>): boolean {
  return !failure.sent || (repeatable && passing.has(failure.code))
}

function pauseMs(failure: QuarterdeckError, tries: number): number {
  if (failure.retryAfterMs !== undefined) return failure.retryAfterMs
  return Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (tries - 1)) * (0.5 + Math.random() / 2)
}
