import {
  type ClusterEvent,
  clusterError,
  fail,
  limits,
  type NodeCredential,
  type NodeId,
  type Outcome,
  ok,
} from '@quarterdeck/domain'
import { parseToken } from '../access/secrets.ts'
import { put, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { AgentGateway, Stranger } from '../contract.ts'
import type { Core } from '../core.ts'
import type { Crypto } from '../crypto.ts'
import { createRateWindow } from '../rate-window.ts'

const MINUTE_MS = 60_000
const SECRET_BYTES = 32
/** Every address together: bounds what a flood of joins can write. */
const ALL = 'all'

/** Trades a join token for an identity: one commit takes a use from the token and creates the credential, so neither happens alone. */
export function createJoin(core: Core, { crypto }: { readonly crypto: Crypto }): AgentGateway['join'] {
  const failures = createRateWindow(core.platform.clock, {
    max: limits.joinFailuresPerMinutePerAddress,
    windowMs: MINUTE_MS,
  })
  const joins = createRateWindow(core.platform.clock, { max: limits.joinsPerMinute, windowMs: MINUTE_MS })

  const join: AgentGateway['join'] = async ({ token, name }, from) => {
    if (!failures.allows(from.address)) return tooMany(failures.retryAfterMs(from.address))
    if (!joins.allows(ALL)) return tooMany(joins.retryAfterMs(ALL))

    // A token that was made a moment ago at another controller must not be called unknown.
    if (!usableToken(core, crypto, token).ok) await core.cache.fresh().catch(() => undefined)

    const secret = crypto.randomSecret(SECRET_BYTES)
    const done = await commitDraft(core, () => {
      const usable = usableToken(core, crypto, token)
      if (!usable.ok) return usable
      const taken = core.cache.get('node', name) ?? core.cache.get('node-credential', name)
      if (taken) return fail(nameTaken(name))

      const { value } = usable.value
      const nowMs = core.platform.clock.unixMs()
      const credential: NodeCredential = {
        v: 1,
        id: name,
        secretHash: crypto.sha256Hex(secret),
        createdAtMs: nowMs,
        revoked: false,
        granted: { labels: value.labels, labelsAreWhole: false, zone: value.zone },
      }
      return ok({
        value: null,
        changes: [
          replace(usable.value, { ...value, usesLeft: value.usesLeft - 1 }),
          put('node-credential', credential, 0),
        ],
        meta: {
          atMs: nowMs,
          actor: `node:${name}`,
          events: [admitted(name, value.id, from)],
          audit: {
            action: 'agents.join',
            target: `node:${name}`,
            address: from.address,
            requestId: from.requestId,
            detail: `join token ${value.id}`,
          },
        },
      })
    })
    if (!done.ok) {
      if (done.error.code === 'bad_token') failures.count(from.address)
      return done
    }
    joins.count(ALL)
    return ok({ nodeId: name, secret, controllers: controllerUrls(core) })
  }

  // One after the other: machines that are started together share a token, and each use rewrites it.
  let before: Promise<unknown> = Promise.resolve()
  return (input, from) => {
    const joined = before.then(() => join(input, from))
    before = joined.catch(() => undefined)
    return joined
  }
}

/** Where the live controllers are, this one first. */
export function controllerUrls(core: Core): string[] {
  const peers = [...core.cache.all('controller').values()].filter(
    ({ value }) => value.state === 'live' && value.id !== core.id,
  )
  return [core.url, ...peers.map(({ value }) => value.url)]
}

function usableToken(core: Core, crypto: Crypto, token: string) {
  const parts = parseToken(token, 'qdj')
  const stored = parts ? core.cache.get('join-token', parts.id) : undefined
  if (!parts || !stored || !crypto.equalTexts(stored.value.secretHash, crypto.sha256Hex(parts.secret))) {
    return refuse('This join token is not known here.')
  }
  const { value } = stored
  if (value.revoked) return refuse(`Join token ${value.id} was revoked.`)
  if (value.expiresAtMs <= core.platform.clock.unixMs()) return refuse(`Join token ${value.id} has expired.`)
  if (value.usesLeft === 0)
    return refuse(`Join token ${value.id} is used up (${value.usesMax} of ${value.usesMax} uses).`)
  return ok(stored)
}

function refuse(message: string): Outcome<never> {
  return fail(
    clusterError('bad_token', message, {
      remedy: 'Make a new one: Settings, Join tokens, or qd token create.',
      field: 'token',
    }),
  )
}

function nameTaken(name: NodeId) {
  return clusterError('already_exists', `There is already a node named ${name}.`, {
    remedy: `Choose another name (--name), or remove ${name} first if this machine replaces it.`,
    field: 'name',
  })
}

function tooMany(retryAfterMs: number): Outcome<never> {
  return fail(
    clusterError('rate_limited', 'Too many attempts to join.', {
      retryAfterMs,
      remedy: 'Wait, then try again with a valid token.',
    }),
  )
}

function admitted(name: NodeId, tokenId: string, from: Stranger): ClusterEvent {
  const text = `${name} got its identity from ${from.address} with join token ${tokenId}`
  return { type: 'node.admitted', subject: { kind: 'node', id: name }, severity: 'info', text }
}
