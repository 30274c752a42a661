import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Crypto } from '@quarterdeck/control-plane'

export const nodeCrypto: Crypto = {
  sha256Hex: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
  hmacSha256Hex: (key, text) => createHmac('sha256', key).update(text, 'utf8').digest('hex'),
  randomSecret: (bytes) => randomBytes(bytes).toString('base64url'),
  equalTexts(left, right) {
    // Hashed first: the comparison needs equal lengths, and the lengths themselves should tell nothing.
    const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest()
    return timingSafeEqual(digest(left), digest(right))
  },
}
