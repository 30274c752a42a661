import { describe, expect, it } from 'vitest'
import { clearCookie, sessionSecrets, setCookie } from './session-cookie.ts'

const naming = { port: 7401, isTls: false }

describe('the session cookie', () => {
  it('is out of reach of scripts and of other sites', () => {
    expect(setCookie(naming, 'abc', 60)).toBe('qd-7401=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=60')
    expect(setCookie({ port: 443, isTls: true }, 'abc', 60)).toBe(
      '__Host-qd-443=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure',
    )
    expect(clearCookie(naming)).toContain('Max-Age=0')
  })

  it('is read back, own port first, those of the peers on this host after', () => {
    expect(sessionSecrets('theme=dark; qd-7400=peer; qd-7401=own', naming)).toEqual(['own', 'peer'])
  })

  it('is not taken from names that only look alike, nor in any number', () => {
    expect(sessionSecrets('qd=x; qd-abc=x; xqd-7400=x; qd-7401=', naming)).toEqual([])
    const many = Array.from({ length: 50 }, (_, port) => `qd-${port + 1}=s${port}`).join('; ')
    expect(sessionSecrets(many, naming)).toHaveLength(8)
    expect(sessionSecrets(undefined, naming)).toEqual([])
  })
})
