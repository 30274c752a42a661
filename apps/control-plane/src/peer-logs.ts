import type { AppRouter } from '@quarterdeck/api/client'
import type { AccessService, PeerLogs } from '@quarterdeck/control-plane'
import type { ControllerId } from '@quarterdeck/domain'
import type { LogLine } from '@quarterdeck/domain/wire'
import { type Platform, sleep } from '@quarterdeck/platform'
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client'
import { WebSocket } from 'ws'

const TOKEN_LIFE_MS = 60 * 60_000
const TOKEN_RENEW_MS = 50 * 60_000
const TOKEN_KNOWN_MS = 500

export type PeerLogsParts = {
  readonly id: ControllerId
  readonly platform: Platform
  readonly access: () => AccessService
}

/**
 * Reads the output of a task through the controller that its node is connected to, as a program with a viewer's token that this
 * controller makes for itself when it first needs one.
 */
export function createPeerLogs({ id, platform, access }: PeerLogsParts): PeerLogs {
  let made: { readonly token: string; readonly atMs: number } | null = null

  async function currentToken(): Promise<string> {
    const nowMs = platform.clock.monotonicMs()
    if (made && nowMs - made.atMs < TOKEN_RENEW_MS) return made.token
    const caller = {
      me: { id, role: 'admin', kind: 'token' },
      address: 'local',
      requestId: platform.ids.next('req'),
    } as const
    const outcome = await access().createApiToken(
      { name: `${id}-logs`.slice(0, 63), role: 'viewer', ttlMs: TOKEN_LIFE_MS },
      caller,
    )
    if (!outcome.ok) throw new Error(outcome.error.message)
    made = { token: outcome.value.token, atMs: nowMs }
    // The peer hears of it through the feed; a moment later it lets us in.
    await sleep(platform.timers, TOKEN_KNOWN_MS)
    return made.token
  }

  return async function* peerLogs(url, { id: taskId, attempt, fromOffset }, signal) {
    const token = await currentToken()
    const client = createWSClient({
      url: `${url.replace(/^http/, 'ws')}/ws`,
      connectionParams: { token },
      WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    })
    const api = createTRPCClient<AppRouter>({ links: [wsLink({ client })] })
    const lines = createLineBuffer()
    const subscription = api.tasks.logs.subscribe(
      { id: taskId, attempt, fromOffset, relayed: true },
      {
        onData: ({ data }) => lines.push(data),
        onComplete: () => lines.end(),
        onError: (error) => lines.end(error),
        onStopped: () => lines.end(),
      },
    )
    const stop = () => lines.end()
    signal.addEventListener('abort', stop, { once: true })
    try {
      yield* lines.drain()
    } finally {
      signal.removeEventListener('abort', stop)
      subscription.unsubscribe()
      await client.close()
    }
  }
}

/** Turns what arrives into what can be waited for. */
function createLineBuffer() {
  const waiting: LogLine[] = []
  let isEnded = false
  let failure: Error | undefined
  let wake = () => {}

  return {
    push(line: LogLine) {
      waiting.push(line)
      wake()
    },
    end(error?: Error) {
      isEnded = true
      failure ??= error
      wake()
    },
    async *drain(): AsyncGenerator<LogLine, void> {
      for (;;) {
        for (let line = waiting.shift(); line; line = waiting.shift()) yield line
        if (failure) throw failure
        if (isEnded) return
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
