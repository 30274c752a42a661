import { chance, exponential } from '../world/random-streams.ts'
import type { World } from '../world/world.ts'

/** Where packets come from and go to: one name per machine, `store` for the store. */
export type HostName = string

export type Network = {
  /** Packets from one host to another wait until it is unblocked. One direction only: partitions may be asymmetric. */
  block(from: HostName, to: HostName): void
  unblock(from: HostName, to: HostName): void
  isBlocked(from: HostName, to: HostName): boolean
  /** Milliseconds that the next packet of this host takes. */
  latencyMs(host: HostName): number
  /** Makes every packet of this host slower by about so much. 0 ends it. */
  slow(host: HostName, byMs: number): void
  heal(): void
}

const LATENCY_MS = 0.3
/** A packet that was lost and sent again. */
const RESENT_SHARE = 0.005
const RESENT_MS = 200

export function createNetwork(world: World): Network {
  const random = world.random('network')
  const blocked = new Set<string>()
  const slower = new Map<HostName, number>()
  const key = (from: HostName, to: HostName) => `${from}>${to}`

  return {
    block: (from, to) => void blocked.add(key(from, to)),
    unblock: (from, to) => void blocked.delete(key(from, to)),
    isBlocked: (from, to) => blocked.has(key(from, to)),
    latencyMs(host) {
      const slowMs = slower.get(host) ?? 0
      const resentMs = chance(random, RESENT_SHARE) ? RESENT_MS : 0
      return LATENCY_MS + exponential(random, 0.5) + resentMs + (slowMs > 0 ? exponential(random, slowMs) : 0)
    },
    slow: (host, byMs) => void slower.set(host, byMs),
    heal() {
      blocked.clear()
      slower.clear()
    },
  }
}
