import { limits, type PoolRequest, type PoolScaler } from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import type { Crypto } from '../crypto.ts'
import type { CallWebhook } from '../webhook.ts'

type Deps = { readonly crypto: Pick<Crypto, 'hmacSha256Hex'>; readonly callWebhook: CallWebhook }

/**
 * Sends the request of a pool to its provider, signed: `x-qd-signature` is the HMAC-SHA256 of `<x-qd-timestamp>.<body>` with the pool's
 * secret, as hex. Null: it was accepted (2xx); else what went wrong.
 */
export async function askProvider(
  core: Core,
  { crypto, callWebhook }: Deps,
  { id: pool, policy, secret }: PoolScaler,
  request: PoolRequest,
): Promise<string | null> {
  const { id, kind, because } = request
  const wish =
    request.kind === 'scale-up'
      ? { count: request.count, ...(policy.shape ? { shape: policy.shape } : {}) }
      : { nodeId: request.nodeId }
  const body = JSON.stringify({ v: 1, request: id, kind, pool, because, ...wish })
  const timestamp = String(core.platform.clock.unixMs())
  try {
    const { status, text } = await callWebhook({
      url: policy.url,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': id,
        'x-qd-timestamp': timestamp,
        'x-qd-signature': crypto.hmacSha256Hex(secret, `${timestamp}.${body}`),
      },
      body,
    })
    if (status >= 200 && status < 300) return null
    return `the provider answered ${status}${text ? `: ${text}` : ''}`.slice(0, limits.reasonLengthMax)
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error)
    return `the provider could not be asked: ${because}`.slice(0, limits.reasonLengthMax)
  }
}
