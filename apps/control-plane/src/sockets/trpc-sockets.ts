import type { IncomingMessage } from 'node:http'
import { appRouter, type Context } from '@quarterdeck/api'
import type { Platform, Timer } from '@quarterdeck/platform'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { plainAddress } from '../network-address.ts'
import { ShortcutSocket } from './shortcut-socket.ts'
import type { SocketKind } from './upgrades.ts'

export type SocketsParts = {
  readonly path: string
  readonly isForPages: boolean
  readonly platform: Platform
  readonly messageBytesMax: number
  /** Bytes that may wait in one socket; at more it is closed, because the other side no longer reads. */
  readonly bufferBytesMax: number
  /** Makes the context of a socket once its first message has said who it is. A throw refuses the socket. */
  readonly contextOf: (opened: OpenedSocket) => Promise<SocketContext>
}

export type OpenedSocket = {
  readonly request: IncomingMessage
  readonly socket: ShortcutSocket
  readonly connectionParams: Readonly<Record<string, string | undefined>>
}
export type SocketContext = Omit<Context, 'platform' | 'door' | 'address' | 'userAgent' | 'requestId' | 'bytesBuffered'>

export type TrpcSockets = {
  readonly kind: SocketKind
  count(): number
  /** Asks every client to reconnect; they do it by themselves when the socket closes, but not at once. */
  askToReconnect(): void
  /** Closes every socket, the politely ended ones first. */
  close(): void
}

const INTRODUCTION_WAIT_MS = 10_000
const BUFFER_LOOK_EVERY_MS = 1_000

/** tRPC over the WebSockets of one path. */
export function createTrpcSockets(parts: SocketsParts): TrpcSockets {
  const { platform, path } = parts
  const wss = new WebSocketServer({
    noServer: true,
    maxPayload: parts.messageBytesMax,
    perMessageDeflate: false,
    clientTracking: true,
    WebSocket: ShortcutSocket,
  })
  const unintroduced = new WeakMap<WebSocket, Timer>()

  const handler = applyWSSHandler({
    wss,
    router: appRouter,
    keepAlive: { enabled: true, pingMs: 10_000, pongWaitMs: 10_000 },
    async createContext({ req, res: socket, info }): Promise<Context> {
      const known = await parts.contextOf({ request: req, socket, connectionParams: info.connectionParams ?? {} })
      unintroduced.get(socket)?.cancel()
      return {
        ...known,
        platform,
        door: null,
        address: plainAddress(req.socket.remoteAddress),
        userAgent: String(req.headers['user-agent'] ?? '').slice(0, 200),
        requestId: platform.ids.next('sock'),
        bytesBuffered: () => socket.bufferedAmount,
      }
    },
    onError({ error, path: procedure, ctx }) {
      if (error.code !== 'INTERNAL_SERVER_ERROR') return
      platform.log.error('a call failed', {
        path: procedure,
        requestId: ctx?.requestId,
        error: error.cause instanceof Error ? error.cause.stack : error.message,
      })
    },
  })

  wss.on('connection', (socket) => {
    const timer = platform.timers.after(INTRODUCTION_WAIT_MS, () => socket.terminate())
    unintroduced.set(socket, timer)
    socket.once('close', () => timer.cancel())
  })

  const look = platform.timers.every(BUFFER_LOOK_EVERY_MS, () => {
    for (const socket of wss.clients) {
      if (socket.bufferedAmount > parts.bufferBytesMax) {
        platform.log.warn('a socket is closed because its other side does not read', {
          path,
          bytes: socket.bufferedAmount,
        })
        socket.terminate()
      }
    }
  })

  return {
    kind: {
      path,
      isForPages: parts.isForPages,
      accept: (request, socket, head) =>
        wss.handleUpgrade(request, socket, head, (opened) => wss.emit('connection', opened, request)),
    },
    count: () => wss.clients.size,
    askToReconnect: () => handler.broadcastReconnectNotification(),
    close() {
      look.cancel()
      for (const socket of wss.clients) socket.close(1001, 'this controller is stopping')
      wss.close()
    },
  }
}
