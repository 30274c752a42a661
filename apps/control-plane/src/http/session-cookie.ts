/**
 * Browsers share cookies between the ports of one host. So the name carries the port, and two clusters on one machine do not overwrite
 * each other's; and a controller tries every cookie of this shape, because the session behind it is the cluster's, not the controller's.
 */
export type CookieNaming = { readonly port: number; readonly isTls: boolean }

const namePattern = /^(?:__Host-)?qd-\d{1,5}$/
/** More are not tried: each costs a look-up. */
const CANDIDATES_MAX = 8

export function cookieName({ port, isTls }: CookieNaming): string {
  return `${isTls ? '__Host-' : ''}qd-${port}`
}

/** Secrets of every session cookie in the request, this controller's own first. */
export function sessionSecrets(header: string | undefined, naming: CookieNaming): string[] {
  const own = cookieName(naming)
  const found: { name: string; value: string }[] = []
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at < 0) continue
    const name = part.slice(0, at).trim()
    const value = part.slice(at + 1).trim()
    if (namePattern.test(name) && value !== '' && value.length <= 200) found.push({ name, value })
  }
  found.sort((a, b) => Number(b.name === own) - Number(a.name === own))
  return [...new Set(found.map(({ value }) => value))].slice(0, CANDIDATES_MAX)
}

export function setCookie(naming: CookieNaming, secret: string, maxAgeSeconds: number): string {
  return cookie(naming, secret, Math.max(0, Math.floor(maxAgeSeconds)))
}

export function clearCookie(naming: CookieNaming): string {
  return cookie(naming, '', 0)
}

function cookie(naming: CookieNaming, value: string, maxAgeSeconds: number): string {
  const secure = naming.isTls ? '; Secure' : ''
  return `${cookieName(naming)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure}`
}
