import {
  type ApiToken,
  type ApiTokenView,
  clusterError,
  fail,
  type JoinToken,
  type JoinTokenView,
  labelsSchema,
  type Me,
  type Outcome,
  ok,
  type TokenId,
  type UnixMs,
} from '@quarterdeck/domain'
import { actorOf, metaOf } from '../actor.ts'
import { erase, put, replace } from '../change.ts'
import { commitDurably } from '../commit-draft.ts'
import type { AccessService, Caller } from '../contract.ts'
import type { Core } from '../core.ts'
import type { Crypto } from '../crypto.ts'
import { newTokenId, parseToken } from './secrets.ts'

const TOKENS_MAX = 1_000

export function tokenService(core: Core, { crypto }: { readonly crypto: Crypto }) {
  function joinView({ secretHash: _, v: __, ...token }: JoinToken): JoinTokenView {
    const nowMs = core.platform.clock.unixMs()
    const state = token.revoked
      ? 'revoked'
      : token.expiresAtMs <= nowMs
        ? 'expired'
        : token.usesLeft === 0
          ? 'used up'
          : 'usable'
    return { ...token, state }
  }

  return {
    /** Who an API token belongs to; null when it is unknown or expired. */
    authenticate(token: string): Me | null {
      const parts = parseToken(token, 'qdt')
      const stored = parts ? core.cache.get('api-token', parts.id)?.value : undefined
      if (!parts || !stored || !crypto.equalTexts(stored.secretHash, crypto.sha256Hex(parts.secret))) return null
      if (stored.expiresAtMs !== null && stored.expiresAtMs <= core.platform.clock.unixMs()) return null
      return { id: stored.name, role: stored.role, kind: 'token' }
    },

    listJoinTokens(): readonly JoinTokenView[] {
      return [...core.cache.all('join-token').values()]
        .map(({ value }) => joinView(value))
        .sort((a, b) => b.createdAtMs - a.createdAtMs)
    },

    async createJoinToken(
      input: Parameters<AccessService['createJoinToken']>[0],
      caller: Caller,
    ): ReturnType<AccessService['createJoinToken']> {
      const labels = labelsSchema.safeParse(input.labels)
      if (!labels.success)
        return fail(
          clusterError('bad_input', `labels: ${labels.error.issues[0]?.message ?? 'are not valid'}.`, {
            field: 'labels',
          }),
        )
      const secret = crypto.randomSecret(24)
      const id = newTokenId(crypto) as TokenId
      const done = await commitDurably(core, () => {
        if (core.cache.all('join-token').size >= TOKENS_MAX) return fail(tooMany('join'))
        const nowMs = core.platform.clock.unixMs()
        const token: JoinToken = {
          v: 1,
          id,
          secretHash: crypto.sha256Hex(secret),
          usesMax: input.usesMax,
          usesLeft: input.usesMax,
          createdBy: actorOf(caller),
          createdAtMs: nowMs,
          expiresAtMs: (nowMs + input.ttlMs) as UnixMs,
          revoked: false,
          labels: labels.data,
          zone: input.zone,
        }
        const detail = `${input.usesMax} uses, ${Math.round(input.ttlMs / 60_000)} min`
        return ok({
          value: joinView(token),
          changes: [put('join-token', token, 0)],
          meta: metaOf(core, caller, { action: 'tokens.createJoin', target: `join-token:${id}`, detail }),
        })
      })
      return done.ok ? ok({ token: `qdj_${id}_${secret}`, view: done.value.value }) : done
    },

    async revokeJoinToken(input: { id: TokenId }, caller: Caller): Promise<Outcome<null>> {
      const done = await commitDurably(core, () => {
        const stored = core.cache.get('join-token', input.id)
        if (!stored) return fail(clusterError('token_not_found', `There is no join token ${input.id}.`))
        return ok({
          value: null,
          changes: stored.value.revoked ? [] : [replace(stored, { ...stored.value, revoked: true })],
          meta: metaOf(core, caller, { action: 'tokens.revokeJoin', target: `join-token:${input.id}` }),
        })
      })
      return done.ok ? ok(null) : done
    },

    listApiTokens(): readonly ApiTokenView[] {
      return [...core.cache.all('api-token').values()]
        .map(({ value }) => apiView(value))
        .sort((a, b) => b.createdAtMs - a.createdAtMs)
    },

    async createApiToken(
      input: Parameters<AccessService['createApiToken']>[0],
      caller: Caller,
    ): ReturnType<AccessService['createApiToken']> {
      const secret = crypto.randomSecret(24)
      const id = newTokenId(crypto) as TokenId
      const done = await commitDurably(core, () => {
        if (core.cache.all('api-token').size >= TOKENS_MAX) return fail(tooMany('API'))
        const nowMs = core.platform.clock.unixMs()
        const token: ApiToken = {
          v: 1,
          id,
          name: input.name,
          role: input.role,
          secretHash: crypto.sha256Hex(secret),
          createdBy: actorOf(caller),
          createdAtMs: nowMs,
          expiresAtMs: input.ttlMs === null ? null : ((nowMs + input.ttlMs) as UnixMs),
        }
        return ok({
          value: apiView(token),
          changes: [put('api-token', token, 0)],
          meta: metaOf(core, caller, {
            action: 'tokens.createApi',
            target: `api-token:${id}`,
            detail: `role ${input.role}`,
          }),
        })
      })
      return done.ok ? ok({ token: `qdt_${id}_${secret}`, view: done.value.value }) : done
    },

    async revokeApiToken(input: { id: TokenId }, caller: Caller): Promise<Outcome<null>> {
      const done = await commitDurably(core, () => {
        const stored = core.cache.get('api-token', input.id)
        if (!stored) return fail(clusterError('token_not_found', `There is no API token ${input.id}.`))
        return ok({
          value: null,
          changes: [erase('api-token', input.id, stored.revision)],
          meta: metaOf(core, caller, { action: 'tokens.revokeApi', target: `api-token:${input.id}` }),
        })
      })
      return done.ok ? ok(null) : done
    },
  }
}

function apiView({ secretHash: _, v: __, ...token }: ApiToken): ApiTokenView {
  return token
}

function tooMany(what: string) {
  return clusterError('limit_reached', `There are ${TOKENS_MAX} ${what} tokens, which is the most.`, {
    remedy: 'Revoke old ones first.',
  })
}
