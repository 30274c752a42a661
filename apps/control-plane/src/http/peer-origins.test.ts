import { describe, expect, it } from 'vitest'
import { isPeerOrigin, peerOrigins } from './peer-origins.ts'

const live = ['http://127.0.0.1:7400', 'https://c2.example:7401', 'not a url']

describe('the origins of the controllers', () => {
  it('keep the loopback name that the page was opened under', () => {
    expect(peerOrigins(live, 'localhost:7402')).toEqual(['http://localhost:7400', 'https://c2.example:7401'])
    expect(peerOrigins(live, 'c3.example')).toEqual(['http://127.0.0.1:7400', 'https://c2.example:7401'])
    expect(peerOrigins(live, undefined)).toEqual(['http://127.0.0.1:7400', 'https://c2.example:7401'])
  })

  it('are known by scheme, host and port together', () => {
    expect(isPeerOrigin(live, 'http://127.0.0.1:7400')).toBe(true)
    expect(isPeerOrigin(live, 'http://localhost:7400')).toBe(true)
    for (const other of [
      'http://127.0.0.1:8000',
      'https://localhost:7400',
      'http://c2.example:7401',
      'null',
      'http://evil.example:7400',
    ]) {
      expect(isPeerOrigin(live, other)).toBe(false)
    }
  })
})
