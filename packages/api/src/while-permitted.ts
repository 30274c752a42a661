import { type Audience, refusal } from './authorize.ts'
import type { Context } from './context.ts'
import { refused } from './errors.ts'
import { IDENTITY_FRESH_MS } from './identity.ts'

/**
 * Passes on what `open` yields until the caller goes, or may no longer read it: a session that is revoked, or a role that is taken
 * away, ends its open streams within 30 seconds too, with the refusal as the last word.
 */
export async function* whilePermitted<Item>(
  ctx: Context & { readonly audience: Audience },
  signal: AbortSignal | undefined,
  open: (signal: AbortSignal) => AsyncIterable<Item>,
): AsyncGenerator<Item, void> {
  const stop = new AbortController()
  const end = () => stop.abort()
  if (signal?.aborted) end()
  signal?.addEventListener('abort', end, { once: true })

  let because: ReturnType<typeof refusal> = null
  const timer = ctx.platform.timers.every(IDENTITY_FRESH_MS, () => {
    ctx.identity.current().then(
      (principal) => {
        because = refusal(ctx.audience, principal)
        if (because) end()
      },
      // The store is away: nobody can say that the session ended, so the stream goes on.
      () => {},
    )
  })
  try {
    yield* open(stop.signal)
    if (because) throw refused(because)
  } finally {
    timer.cancel()
    signal?.removeEventListener('abort', end)
    end()
  }
}
