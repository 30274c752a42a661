import { describe, expect, it } from 'vitest'
import { isShallow, type RequestHead, refuseOrigin, refuseRequest } from './request-check.ts'

const own = 'http://127.0.0.1:7400'
const fromOwnPage: RequestHead = {
  method: 'POST',
  host: '127.0.0.1:7400',
  origin: own,
  secFetchSite: 'same-origin',
  contentType: 'application/json',
  csrf: '1',
  hasSessionCookie: true,
}
const fromProgram: RequestHead = {
  ...fromOwnPage,
  origin: undefined,
  secFetchSite: undefined,
  csrf: undefined,
  hasSessionCookie: false,
}

describe('a request', () => {
  it('of an own page with the header is let through', () => {
    expect(refuseRequest(fromOwnPage, own)).toBeNull()
    expect(refuseRequest({ ...fromOwnPage, host: 'localhost:7400', origin: 'http://localhost:7400' }, own)).toBeNull()
  })

  it('of a program, which sends no mark of a browser, needs no header', () => {
    expect(refuseRequest(fromProgram, own)).toBeNull()
  })

  it.each([
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['another port of this host', { origin: 'http://127.0.0.1:8080' }],
    ['another site', { origin: undefined, secFetchSite: 'cross-site' }],
    ['the same site but another origin', { origin: undefined, secFetchSite: 'same-site' }],
    ['a page without the header', { csrf: undefined }],
    ['a cookie without the header', { ...fromProgram, hasSessionCookie: true }],
  ])('from %s is not permitted', (_, change) => {
    expect(refuseRequest({ ...fromOwnPage, ...change }, own)?.code).toBe('not_permitted')
  })

  it.each(['text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', undefined])(
    'of the content type %s is bad input, whoever sends it',
    (contentType) => {
      expect(refuseRequest({ ...fromOwnPage, contentType }, own)?.code).toBe('bad_input')
      expect(refuseRequest({ ...fromProgram, contentType }, own)?.code).toBe('bad_input')
    },
  )

  it.each(['PUT', 'DELETE', 'PATCH'])('by %s is bad input', (method) => {
    expect(refuseRequest({ ...fromOwnPage, method }, own)?.code).toBe('bad_input')
  })

  it('that reads needs neither header nor content type, but a foreign page may not read either', () => {
    const reading = { ...fromOwnPage, method: 'GET', contentType: undefined, csrf: undefined, origin: undefined }
    expect(refuseRequest(reading, own)).toBeNull()
    expect(refuseRequest({ ...reading, secFetchSite: 'cross-site' }, own)?.code).toBe('not_permitted')
  })
})

describe('an upgrade to a WebSocket', () => {
  it('is for own pages and for programs', () => {
    expect(refuseOrigin({ origin: own, host: '127.0.0.1:7400', secFetchSite: 'same-origin' }, own)).toBeNull()
    expect(refuseOrigin({ origin: undefined, host: '127.0.0.1:7400', secFetchSite: undefined }, own)).toBeNull()
    expect(
      refuseOrigin({ origin: 'https://evil.example', host: '127.0.0.1:7400', secFetchSite: undefined }, own),
    ).not.toBeNull()
  })
})

describe('the depth of a JSON text', () => {
  it('counts open brackets and nothing inside of strings', () => {
    expect(isShallow('{"a":[[]]}', 3)).toBe(true)
    expect(isShallow('{"a":[[]]}', 2)).toBe(false)
    expect(isShallow(JSON.stringify({ text: '[[[[{{{{"\\' }), 1)).toBe(true)
    expect(isShallow('['.repeat(200_000), 32)).toBe(false)
  })
})
