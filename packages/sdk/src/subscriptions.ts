import type { AppRouter } from '@quarterdeck/api/client'
import { createTRPCUntypedClient, createWSClient, type TRPCUntypedClient, wsLink } from '@trpc/client'
import { WebSocket as NodeWebSocket } from 'ws'
import type { Credential } from './credential.ts'
import type { Endpoints } from './endpoints.ts'
import { QuarterdeckError, toQuarterdeckError } from './errors.ts'

export type Subscriptions = {
  /** Items as they come; ends when the server ends it, when `signal` aborts, or when the reader stops reading. */
  open(path: string, input: unknown, signal?: AbortSignal): AsyncGenerator<unknown, void>
  close(): void
}

/** An idle socket is closed after this long: a program that has read its stream may end. */
const IDLE_MS = 500

/**
 * Streams over one WebSocket, which moves to the next controller when its own goes away. Streams whose items carry a cursor go on
 * after the last one that arrived.
 */
export function createSubscriptions({
  endpoints,
  credential,
  retryForMs,
}: {
  readonly endpoints: Endpoints
  readonly credential: Credential
  readonly retryForMs: number
}): Subscriptions {
  let socket: { readonly client: TRPCUntypedClient<AppRouter>; close(): void } | undefined

  return {
    async *open(path, input, signal) {
      socket ??= connect()
      const items: unknown[] = []
      let ended = signal?.aborted === true
      let failure: QuarterdeckError | undefined
      let wake = () => {}
      let silentSince: number | undefined

      const end = (because?: QuarterdeckError) => {
        ended = true
        failure ??= because
        wake()
      }
      const onAbort = () => end()
      signal?.addEventListener('abort', onAbort, { once: true })
      const subscription = socket.client.subscription(path, input, {
        onData(item) {
          items.push(item)
          wake()
        },
        onError: (error) => end(toQuarterdeckError(error, endpoints.current())),
        onComplete: () => end(),
        onConnectionStateChange(change) {
          if (change.state !== 'connecting') silentSince = undefined
          else if (change.error) {
            silentSince ??= performance.now()
            if (performance.now() - silentSince > retryForMs) end(nobodyAnswers(change.error))
          }
        },
      })
      try {
        while (true) {
          while (items.length > 0) yield items.shift()
          if (failure) throw failure
          if (ended) return
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      } finally {
        signal?.removeEventListener('abort', onAbort)
        subscription.unsubscribe()
      }
    },

    close() {
      socket?.close()
      socket = undefined
    },
  }

  function connect() {
    let url = endpoints.current()
    const ws = createWSClient({
      url() {
        url = endpoints.current()
        return `${url.replace(/^http/, 'ws')}/ws`
      },
      WebSocket: withHeaders(() => credential.headers(url)),
      ...(credential.connectionParams ? { connectionParams: () => credential.connectionParams } : {}),
      lazy: { enabled: true, closeMs: IDLE_MS },
      keepAlive: { enabled: true, intervalMs: 5_000, pongTimeoutMs: 4_000 },
      retryDelayMs: (attempt) => (attempt === 0 ? 0 : Math.min(2_000, 100 * 2 ** attempt) * (0.5 + Math.random() / 2)),
      onError: () => endpoints.leave(url),
      onClose(cause) {
        // 1005 and 1000 are our own idle close.
        if (cause?.code !== undefined && cause.code !== 1000 && cause.code !== 1005) endpoints.leave(url)
      },
    })
    return {
      client: createTRPCUntypedClient<AppRouter>({ links: [wsLink({ client: ws })] }),
      close: () => void ws.close(),
    }
  }
}

/** Node's sockets can send headers, which a browser's cannot: a cookie goes that way. */
function withHeaders(headers: () => Record<string, string>): typeof WebSocket {
  class Socket extends NodeWebSocket {
    constructor(address: string | URL) {
      super(address, { headers: headers() })
    }
  }
  return Socket as unknown as typeof WebSocket
}

function nobodyAnswers(cause: unknown): QuarterdeckError {
  return new QuarterdeckError(
    {
      code: 'unavailable',
      message: 'No controller takes the connection for live data.',
      remedy: 'Check that a controller runs and that your token still holds, then try again.',
    },
    { sent: false, cause },
  )
}
