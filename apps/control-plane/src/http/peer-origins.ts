import { isLoopback } from '../network-address.ts'

/**
 * Origins of the live controllers as a page of `requestHost` must name them. A browser treats `localhost` and `127.0.0.1` as two sites,
 * so on one machine the page keeps the name it was opened under and only the port changes.
 */
export function peerOrigins(urls: readonly string[], requestHost: string | undefined): string[] {
  const pageHost = URL.canParse(`http://${requestHost}`) ? new URL(`http://${requestHost}`).hostname : null
  return urls.flatMap((text) => {
    if (!URL.canParse(text)) return []
    const url = new URL(text)
    if (pageHost !== null && isLoopback(pageHost) && isLoopback(url.hostname)) url.hostname = pageHost
    return [url.origin]
  })
}

/** Whether a page of this origin was served by a live controller. */
export function isPeerOrigin(urls: readonly string[], origin: string): boolean {
  return URL.canParse(origin) && peerOrigins(urls, new URL(origin).host).includes(origin)
}
