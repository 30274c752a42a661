import {
  clusterError,
  fail,
  type HandoffTicket,
  type Me,
  type Outcome,
  ok,
  type UnixMs,
  type User,
  type UserSession,
} from '@quarterdeck/domain'
import { metaOf } from '../actor.ts'
import { erase, put, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { AccessService, SignedIn, Stranger } from '../contract.ts'
import type { Core } from '../core.ts'
import type { Crypto } from '../crypto.ts'
import { idOfSecret } from './secrets.ts'

export const SESSION_IDLE_MS = 30 * 60_000
export const SESSION_LIFE_MS = 12 * 3_600_000
const TICKET_LIFE_MS = 5 * 60_000
const TOUCH_EVERY_MS = 60_000

type Deps = { readonly crypto: Crypto }

/** The change and the secret of a new session; the caller commits it together with what led to it. */
export function newSession(core: Core, { crypto }: Deps, user: Pick<User, 'id' | 'role'>, from: Stranger) {
  const secret = crypto.randomSecret(32)
  const nowMs = core.platform.clock.unixMs()
  const session: UserSession = {
    v: 1,
    id: idOfSecret(crypto, secret),
    userId: user.id,
    createdAtMs: nowMs,
    lastSeenAtMs: nowMs,
    expiresAtMs: (nowMs + SESSION_LIFE_MS) as UnixMs,
    address: from.address.slice(0, 64),
    userAgent: from.userAgent.slice(0, 200),
  }
  const signedIn: SignedIn = {
    sessionSecret: secret,
    me: { id: user.id, role: user.role, kind: 'user' },
    expiresAtMs: session.expiresAtMs,
  }
  return { change: put('user-session', session, 0), signedIn }
}

export function sessionService(core: Core, deps: Deps) {
  const { crypto } = deps

  function live(secret: string) {
    const stored = core.cache.get('user-session', idOfSecret(crypto, secret))
    const nowMs = core.platform.clock.unixMs()
    if (!stored || stored.value.expiresAtMs <= nowMs || stored.value.lastSeenAtMs + SESSION_IDLE_MS <= nowMs)
      return null
    const user = core.cache.get('user', stored.value.userId)
    if (!user || user.value.disabled) return null
    return { stored, user: user.value }
  }

  function touch(secret: string): void {
    const found = live(secret)
    const nowMs = core.platform.clock.unixMs()
    if (!found || nowMs - found.stored.value.lastSeenAtMs < TOUCH_EVERY_MS) return
    const meta = { atMs: nowMs, actor: `user:${found.user.id}`, events: [] }
    // Not waited for: a missed touch is made up by the next request, and a conflict means that another controller just did it.
    core.committer
      .commit({ changes: [replace(found.stored, { ...found.stored.value, lastSeenAtMs: nowMs })], meta })
      .catch(() => undefined)
  }

  return {
    authenticate(secret: string): Me | null {
      const found = live(secret)
      if (!found) return null
      touch(secret)
      return { id: found.user.id, role: found.user.role, kind: 'user' }
    },

    async signOut(secret: string): Promise<Outcome<null>> {
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('user-session', idOfSecret(crypto, secret))
        const changes = stored ? [erase('user-session', stored.id, stored.revision)] : []
        const actor = stored ? `user:${stored.value.userId}` : 'nobody'
        const audit = { action: 'auth.signOut', target: actor }
        return ok({ value: null, changes, meta: { atMs: core.platform.clock.unixMs(), actor, events: [], audit } })
      })
      return done.ok ? ok(null) : done
    },

    async issueTickets(secret: string): ReturnType<AccessService['issueTickets']> {
      const found = live(secret)
      if (!found) return fail(clusterError('not_signed_in', 'Your session has ended.', { remedy: 'Sign in again.' }))
      const nowMs = core.platform.clock.unixMs()
      const peers = [...core.cache.all('controller').values()].filter(
        (peer) => peer.value.state === 'live' && peer.id !== core.id,
      )
      const tickets = peers.map((peer) => {
        const ticket = crypto.randomSecret(32)
        const stored: HandoffTicket = {
          v: 1,
          id: idOfSecret(crypto, ticket),
          sessionId: found.stored.id,
          controllerId: peer.value.id,
          expiresAtMs: (nowMs + TICKET_LIFE_MS) as UnixMs,
        }
        return { stored, reply: { controllerId: peer.value.id, url: peer.value.url, ticket } }
      })
      const done = await commitDraft(core, () =>
        ok({
          value: null,
          changes: tickets.map(({ stored }) => put('handoff-ticket', stored, 0)),
          meta: { atMs: nowMs, actor: `user:${found.user.id}`, events: [] },
        }),
      )
      return done.ok ? ok(tickets.map(({ reply }) => reply)) : done
    },

    /** The ticket is deleted in the same commit that renews the session's secret, so a second use finds nothing. */
    async redeemTicket(ticket: string, from: Stranger): Promise<Outcome<SignedIn>> {
      const refusal = fail(
        clusterError('bad_token', 'This hand-off ticket is used up, expired or not for this controller.', {
          remedy: 'Sign in.',
        }),
      )
      const text = await core.store.get('handoff-ticket', idOfSecret(crypto, ticket)).catch(() => null)
      if (!text) return refusal
      const stored = JSON.parse(text.text) as HandoffTicket
      const nowMs = core.platform.clock.unixMs()
      if (stored.controllerId !== core.id || stored.expiresAtMs <= nowMs) return refusal

      await core.cache.fresh().catch(() => undefined)
      const session = core.cache.get('user-session', stored.sessionId)
      const user = session ? core.cache.get('user', session.value.userId) : undefined
      if (!session || !user || user.value.disabled || session.value.expiresAtMs <= nowMs) return refusal

      const next = newSession(core, deps, user.value, from)
      const reply = await core.committer
        .commit({
          changes: [erase('handoff-ticket', text.id, text.revision), next.change],
          meta: metaOf(core, from, {
            action: 'auth.resume',
            target: `user:${user.id}`,
            detail: `continued at ${core.id}`,
          }),
        })
        .catch(() => null)
      return reply?.status === 'committed' ? ok(next.signedIn) : refusal
    },
  }
}
