import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import type { Log } from '@quarterdeck/platform'
import { isLoopback } from './network-address.ts'
import { SettingError, type Settings } from './settings.ts'

export type Bound = {
  readonly server: http.Server
  readonly port: number
  /** Where others reach this controller. */
  readonly url: string
  /** From now on requests go to this handler; before, they are answered 503. */
  serve(handler: http.RequestListener): void
}

const PORTS_TRIED = 20

/**
 * Listens before anything else is made, because a controller must know its own address to tell it to the others. A taken port: the next
 * free one, said aloud, unless the settings are strict.
 */
export async function bind(settings: Settings, log: Log): Promise<Bound> {
  const { tls, host, isPortStrict } = settings
  const server = tls ? https.createServer({ ...tls, minVersion: 'TLSv1.2' }) : http.createServer()
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000

  let handler: http.RequestListener = (_request, response) => {
    response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '1' }).end('This controller is starting.\n')
  }
  server.on('request', (request, response) => handler(request, response))

  for (let port = settings.port; ; port++) {
    if (await listens(server, host, port)) {
      if (port !== settings.port)
        log.warn(`Port ${settings.port} is taken; this controller listens on ${port}.`, { port })
      break
    }
    if (isPortStrict)
      throw new SettingError(
        `QD_PORT is ${settings.port}: something else listens there, and QD_PORT_STRICT forbids another one.`,
      )
    if (port - settings.port >= PORTS_TRIED || port >= 65_535) {
      throw new SettingError(`QD_PORT is ${settings.port}: it and the next ${PORTS_TRIED} are all taken.`)
    }
  }
  const { port } = server.address() as AddressInfo
  return {
    server,
    port,
    url: settings.advertiseUrl ?? `${tls ? 'https' : 'http'}://${reachable(host)}:${port}`,
    serve(next) {
      handler = next
    },
  }
}

/** False when the port is taken. */
function listens(server: http.Server, host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off('listening', onListening)
      if (error.code === 'EADDRINUSE') resolve(false)
      else
        reject(
          new SettingError(`QD_HOST is ${host}: this machine cannot listen there (${error.code ?? error.message}).`),
        )
    }
    const onListening = () => {
      server.off('error', onError)
      resolve(true)
    }
    server.once('error', onError)
    server.once('listening', onListening)
    server.listen(port, host)
  })
}

function reachable(host: string): string {
  if (isLoopback(host)) return '127.0.0.1'
  if (host === '0.0.0.0' || host === '::') return hostname()
  return host.includes(':') ? `[${host}]` : host
}
