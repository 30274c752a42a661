import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'

export type CountingProxy = {
  readonly url: string
  /** Bytes that went to the browser since the last call, headers included. */
  received(): number
  close(): void
}

/** Stands between browser and controller and counts what goes over the wire: a browser says only roughly what it received. */
export async function countingProxy(target: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(target)
  let bytes = 0
  const sockets = new Set<{ destroy(): void }>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    far.on('data', (chunk) => {
      bytes += chunk.length
    })
    near.pipe(far).pipe(near)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received() {
      const taken = bytes
      bytes = 0
      return taken
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
