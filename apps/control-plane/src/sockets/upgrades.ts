import type http from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { refuseOrigin } from '../http/request-check.ts'

/** A kind of WebSocket that this controller takes, by its path. */
export type SocketKind = {
  readonly path: string
  /** Pages may open it, if they are our own; else a request that bears any browser's mark is refused. */
  readonly isForPages: boolean
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** Decides on each upgrade before it happens: a refused one gets an HTTP status and never becomes a WebSocket. */
export function routeUpgrades(
  server: http.Server,
  kinds: readonly SocketKind[],
  ownOrigin: string,
  /** Why no new socket is taken now; null when they are. */
  closedBecause: () => string | null,
): void {
  server.on('upgrade', (request, socket, head) => {
    // Without a listener, a reset by the other side would end the process.
    socket.on('error', () => socket.destroy())
    const path = (request.url ?? '').split('?', 1)[0]
    const kind = kinds.find((each) => each.path === path)
    if (!kind) return refuse(socket, 404, 'There is no WebSocket at this path.')
    const closed = closedBecause()
    if (closed) return refuse(socket, 503, closed)
    const { origin, host } = request.headers
    const site = request.headers['sec-fetch-site']
    const foreign = kind.isForPages
      ? refuseOrigin({ origin, host, secFetchSite: Array.isArray(site) ? site[0] : site }, ownOrigin)?.message
      : origin !== undefined || request.headers.cookie !== undefined
        ? 'Agents send neither an Origin nor a cookie; pages may not open this socket.'
        : undefined
    if (foreign) return refuse(socket, 403, foreign)
    kind.accept(request, socket, head)
  })
}

function refuse(socket: Duplex, status: 403 | 404 | 503, because: string): void {
  const names = { 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' }
  const body = `${because}\n`
  socket.end(
    `HTTP/1.1 ${status} ${names[status]}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
