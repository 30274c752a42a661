import type { Crypto } from '../crypto.ts'

/** Object id of something that is found by its secret: the secret itself is never stored. */
export function idOfSecret(crypto: Crypto, secret: string): string {
  return crypto.sha256Hex(secret).slice(0, 48)
}

/** `qdj_<id>_<secret>` in its parts; null when it does not have this form. */
export function parseToken(
  token: string,
  prefix: 'qdj' | 'qdt',
): { readonly id: string; readonly secret: string } | null {
  const match = new RegExp(`^${prefix}_([a-z0-9]{10})_([A-Za-z0-9_-]{22,64})$`).exec(token)
  if (!match?.[1] || !match[2]) return null
  return { id: match[1], secret: match[2] }
}

/** A new token id: 10 characters that identify it in lists and logs. */
export function newTokenId(crypto: Crypto): string {
  return crypto.sha256Hex(crypto.randomSecret(16)).slice(0, 10)
}
