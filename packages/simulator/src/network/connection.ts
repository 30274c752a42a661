import type { SimProcess } from '../world/sim-process.ts'
import type { World } from '../world/world.ts'
import type { HostName, Network } from './network.ts'

/** One end of a connection: the process that holds the socket, and the machine that it runs on. */
export type Endpoint = { readonly host: HostName; readonly process: SimProcess }

/** An ordered stream between two processes, as TCP gives it: late, cut or half open, but never out of order. */
export type Connection = {
  /** Runs `act` in the other process when the packet has arrived. Nothing once this end is closed. */
  send(from: 'client' | 'server', act: () => void): void
  /** This end is closed at once, the other when it hears of it: never, while packets are blocked. */
  close(from: 'client' | 'server', because: string): void
  /** Both ends are cut, with everything under way. */
  reset(because: string): void
  isOpen(end: 'client' | 'server'): boolean
  /** Called once per end, in its process, when it closes for whatever reason. */
  onClose(end: 'client' | 'server', listener: (because: string) => void): void
}

/** How often a blocked packet is tried again. */
const RETRANSMIT_MS = 200

type End = {
  readonly endpoint: Endpoint
  isOpen: boolean
  /** When the last packet sent from here arrives: the next one cannot overtake it. */
  arrivesAtMs: number
  readonly outgoing: (() => void)[]
  isWaiting: boolean
  readonly closeListeners: ((because: string) => void)[]
}

export function connect(world: World, network: Network, client: Endpoint, server: Endpoint): Connection {
  const ends = { client: createEnd(client), server: createEnd(server) }
  const other = { client: 'server', server: 'client' } as const

  const shut = (end: 'client' | 'server', because: string) => {
    const side = ends[end]
    if (!side.isOpen) return
    side.isOpen = false
    side.endpoint.process.deliver(() => {
      for (const listener of side.closeListeners) listener(because)
    })
  }
  /** Sends what waits, in order, as soon as packets get through. */
  const flush = (from: 'client' | 'server') => {
    const side = ends[from]
    const target = ends[other[from]]
    if (side.isWaiting) return
    while (side.outgoing.length > 0) {
      if (network.isBlocked(side.endpoint.host, target.endpoint.host)) {
        side.isWaiting = true
        world.after(RETRANSMIT_MS, () => {
          side.isWaiting = false
          flush(from)
        })
        return
      }
      const packet = side.outgoing.shift()
      if (!packet) return
      const arrivesAtMs = Math.max(side.arrivesAtMs, world.nowMs() + network.latencyMs(side.endpoint.host))
      side.arrivesAtMs = arrivesAtMs
      world.after(arrivesAtMs - world.nowMs(), packet)
    }
  }
  const post = (from: 'client' | 'server', packet: () => void) => {
    ends[from].outgoing.push(packet)
    flush(from)
  }

  const connection: Connection = {
    send(from, act) {
      const target = ends[other[from]]
      if (!ends[from].isOpen) return
      post(from, () => {
        if (target.isOpen) target.endpoint.process.deliver(act)
      })
    },
    close(from, because) {
      if (!ends[from].isOpen) return
      shut(from, because)
      post(from, () => shut(other[from], because))
    },
    reset(because) {
      for (const end of ['client', 'server'] as const) {
        ends[end].outgoing.length = 0
        shut(end, because)
      }
    },
    isOpen: (end) => ends[end].isOpen,
    onClose: (end, listener) => void ends[end].closeListeners.push(listener),
  }
  return connection
}

function createEnd(endpoint: Endpoint): End {
  return { endpoint, isOpen: true, arrivesAtMs: 0, outgoing: [], isWaiting: false, closeListeners: [] }
}
