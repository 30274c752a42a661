import { HasherBusy } from '@quarterdeck/control-plane'
import { describe, expect, it } from 'vitest'
import { createPasswordHasher } from './password-hasher.ts'

describe('the password hasher', () => {
  it('makes argon2id hashes above the floor, which only their password opens', async () => {
    const hasher = createPasswordHasher()
    const stored = await hasher.hash('correct horse battery')
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/)
    expect(await hasher.verify(stored, 'correct horse battery')).toBe(true)
    expect(await hasher.verify(stored, 'correct horse battery!')).toBe(false)
  })

  it('calls a hash of weaker parameters outdated', () => {
    const hasher = createPasswordHasher()
    const salt = 'c29tZXNhbHRzb21lc2FsdA'
    const digest = 'A'.repeat(43)
    expect(hasher.outdated(`$argon2id$v=19$m=19456,t=2,p=1$${salt}$${digest}`)).toBe(true)
    expect(hasher.outdated(`$argon2id$v=19$m=65536,t=3,p=1$${salt}$${digest}`)).toBe(false)
  })

  it('refuses work beyond four at once and fifty in line', async () => {
    const hasher = createPasswordHasher()
    // Not a hash: each is settled quickly, with an error, and only after it had its turn.
    const all = await Promise.allSettled(Array.from({ length: 60 }, () => hasher.verify('not a hash', 'x')))
    const busy = all.filter((one) => one.status === 'rejected' && one.reason instanceof HasherBusy)
    expect(busy).toHaveLength(6)
    await expect(hasher.verify('not a hash', 'x')).rejects.not.toBeInstanceOf(HasherBusy)
  })
})
