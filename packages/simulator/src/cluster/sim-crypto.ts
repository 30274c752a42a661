import { createHash } from 'node:crypto'
import type { Random } from '@quarterdeck/platform'

/** Real hashes, since ids are made of them; secrets from the run's own chance, so that a run stays a seed. */
export function simCrypto(random: Random) {
  return {
    sha256Hex,
    hmacSha256Hex: (key: string, text: string) => sha256Hex(`${key}\n${text}`),
    randomSecret: (bytes: number) => {
      const raw = Array.from({ length: bytes }, () => random.nextInt(256))
      return Buffer.from(raw).toString('base64url')
    },
    equalTexts: (first: string, second: string) => first === second,
  }
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Passwords are not part of a simulated run. */
export const noPasswords = {
  hash: async (password: string) => sha256Hex(password),
  verify: async (stored: string, password: string) => stored === sha256Hex(password),
  outdated: () => false,
}
