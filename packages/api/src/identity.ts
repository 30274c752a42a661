import type { Me, NodeId } from '@quarterdeck/domain'
import type { Clock } from '@quarterdeck/platform'

export type Principal =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'member'; readonly me: Me; readonly sessionSecret: string | null }
  | { readonly kind: 'agent'; readonly nodeId: NodeId; readonly link: AgentLink }

/** One socket of an agent: what its close must tell the control plane. */
export type AgentLink = {
  /** The session that this socket registered last; null before. */
  sessionId: string | null
  saidGoodbye: boolean
  /** The socket has closed; a registration that was still under way must not leave a session open. */
  hasEnded: boolean
}

/** Who is at the other end, asked again from time to time: a socket outlives the session that opened it. */
export type Identity = { current(): Promise<Principal> }

/** A revoked session or credential is noticed after this long at the latest. */
export const IDENTITY_FRESH_MS = 30_000

/** Keeps the answer of `look` for 30 s. An answer of "nobody" stays: a credential that stopped holding does not come back. */
export function createIdentity(clock: Clock, look: () => Promise<Principal>): Identity {
  let askedAtMs = Number.NEGATIVE_INFINITY
  let known: Promise<Principal> | undefined

  return {
    current() {
      const nowMs = clock.monotonicMs()
      if (known && nowMs - askedAtMs < IDENTITY_FRESH_MS) return known
      askedAtMs = nowMs
      const asked = look()
      known = asked
      // A failed look (the store is away) must not be remembered as an answer.
      asked.catch(() => {
        if (known === asked) known = undefined
      })
      return asked
    },
  }
}
