import { type ControllerId, clusterError, fail, type Outcome, ok, type Stored, type UnixMs } from '@quarterdeck/domain'
import type { Platform } from '@quarterdeck/platform'
import { committer, readCache, type Store } from '@quarterdeck/store'
import { type Draft, put } from '../change.ts'
import type { Crypto } from '../crypto.ts'

const SETUP_LIFE_MS = 30 * 60_000

/** A new one-time link for the first admin; an older one stops to hold. */
export function draftSetup(
  crypto: Crypto,
  {
    token,
    before,
    nowMs,
    actor,
    issuedBy,
  }: {
    readonly token: string
    readonly before: Stored<'setup'> | undefined
    readonly nowMs: UnixMs
    readonly actor: string
    /** The controller that prints it; none when a person at its host asked for it. */
    readonly issuedBy?: ControllerId
  },
): Draft {
  const expiresAtMs = (nowMs + SETUP_LIFE_MS) as UnixMs
  const setup = {
    v: 1,
    id: 'setup',
    tokenHash: crypto.sha256Hex(token),
    ...(issuedBy && { issuedBy }),
    expiresAtMs,
  } as const
  return {
    changes: [put('setup', setup, before?.revision ?? 0)],
    meta: { atMs: nowMs, actor, events: [], audit: { action: 'auth.issueSetup', target: 'setup' } },
  }
}

/**
 * Renews the link without being a controller: for whoever is on a controller's host, may read its settings and has lost the link.
 * `null` when there is a user, who can let others in. `url`: a controller that is live, where the link is opened.
 */
export async function renewSetupLink({
  platform,
  store,
  crypto,
}: {
  readonly platform: Platform
  readonly store: Store
  readonly crypto: Crypto
}): Promise<Outcome<{ readonly url: string; readonly token: string } | null>> {
  const cache = readCache({ store, platform })
  await store.hello()
  await cache.start()
  try {
    if (cache.all('user').size > 0) return ok(null)
    const live = [...cache.all('controller').values()].find(({ value }) => value.state === 'live')
    if (!live)
      return fail(clusterError('unavailable', 'No controller is live.', { remedy: 'Start one: it prints a link.' }))
    const token = crypto.randomSecret(32)
    const nowMs = platform.clock.unixMs()
    const draft = draftSetup(crypto, { token, before: cache.get('setup', 'setup'), nowMs, actor: 'host' })
    const reply = await committer({ store, platform, cache }).commit(draft)
    if (reply.status === 'committed') return ok({ url: live.value.url, token })
    return fail(
      clusterError('revision_conflict', 'Somebody else made a link at the same moment.', { remedy: 'Try again.' }),
    )
  } finally {
    cache.stop()
  }
}
