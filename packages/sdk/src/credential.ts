import type { ClientConnectionParams } from '@quarterdeck/api/client'

/** What a program shows at the door. */
export type Credential = {
  headers(url: string): Record<string, string>
  /** First message of a socket. */
  readonly connectionParams: ClientConnectionParams | null
}

/**
 * @param token an API token `qdt_…`
 * @param cookie the session cookie of a person who signed in, as `name=value`; used when there is no token
 */
export function createCredential({ token, cookie }: { readonly token?: string; readonly cookie?: string }): Credential {
  return {
    headers(url) {
      if (token !== undefined) return { authorization: `Bearer ${token}` }
      // A cookie is believed only from our own pages, so it comes with what they send.
      if (cookie !== undefined) return { cookie, origin: new URL(url).origin, 'x-qd-csrf': '1' }
      return {}
    },
    connectionParams: token === undefined ? null : { token },
  }
}
