import { type ClusterError, clusterError } from '@quarterdeck/domain'

/** What tells whether a request may be somebody else's page acting with our cookie. */
export type RequestHead = {
  readonly method: string
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly secFetchSite: string | undefined
  readonly contentType: string | undefined
  readonly csrf: string | undefined
  readonly hasSessionCookie: boolean
}

/**
 * `null` = go on; else why not.
 *
 * A page of another site can make a browser send a request with our cookie, but it can neither hide where it comes from nor add a
 * header of its own without being asked first. Programs send none of a browser's marks and prove themselves by a token.
 */
export function refuseRequest(head: RequestHead, ownOrigin: string): ClusterError | null {
  const foreign = refuseOrigin(head, ownOrigin)
  if (foreign) return foreign
  if (head.method === 'GET' || head.method === 'HEAD') return null
  if (head.method !== 'POST')
    return clusterError('bad_input', `The method ${head.method} is not accepted; changes are sent by POST.`)
  if (mediaType(head.contentType) !== 'application/json') {
    return clusterError('bad_input', 'The content type must be application/json.', { field: 'content-type' })
  }
  if (isBrowser(head) && head.csrf !== '1') {
    return clusterError('not_permitted', 'The header x-qd-csrf must be 1 in requests of a page.', {
      field: 'x-qd-csrf',
    })
  }
  return null
}

/** Refuses what a page of another origin sent. Also for WebSockets, to which browsers apply no such rule themselves. */
export function refuseOrigin(
  { origin, secFetchSite, host }: Pick<RequestHead, 'origin' | 'secFetchSite' | 'host'>,
  ownOrigin: string,
): ClusterError | null {
  if (origin !== undefined && origin !== ownOrigin && !isSameHost(origin, host)) {
    return clusterError(
      'not_permitted',
      `Pages of ${JSON.stringify(origin.slice(0, 100))} may not call this controller.`,
      { field: 'origin' },
    )
  }
  if (secFetchSite !== undefined && secFetchSite !== 'same-origin' && secFetchSite !== 'none') {
    return clusterError('not_permitted', 'Pages of another origin may not call this controller.', {
      field: 'sec-fetch-site',
    })
  }
  return null
}

function isSameHost(origin: string, host: string | undefined): boolean {
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}

function isBrowser({ origin, secFetchSite, hasSessionCookie }: RequestHead): boolean {
  return origin !== undefined || secFetchSite !== undefined || hasSessionCookie
}

function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

/** Deeper inputs are refused before anything recursive touches them. */
export const JSON_DEPTH_MAX = 32

/** Whether a JSON text nests no deeper than `depthMax`. Looks only at brackets outside of strings. */
export function isShallow(json: string, depthMax: number): boolean {
  let depth = 0
  let isInString = false
  for (let at = 0; at < json.length; at++) {
    const char = json[at]
    if (isInString) {
      if (char === '\\') at++
      else if (char === '"') isInString = false
    } else if (char === '"') isInString = true
    else if (char === '{' || char === '[') {
      depth++
      if (depth > depthMax) return false
    } else if (char === '}' || char === ']') depth--
  }
  return true
}
