import type { Random } from '@quarterdeck/platform'
import type { Cluster } from '../cluster/cluster.ts'
import { chance, pick } from '../world/random-streams.ts'
import { duration, type FaultKind } from './fault.ts'

/** The leader as often as all others together: most of the protocol is about losing it. */
function pickController(cluster: Cluster, random: Random) {
  const running = cluster.controllers.filter(({ isRunning }) => isRunning)
  const leader = running.find(({ id }) => id === cluster.store.server.state.lease?.holder?.id)
  return leader && chance(random, 0.5) ? leader : pick(random, running)
}

export const controllerCrash: FaultKind = {
  name: 'controller-crash',
  strike(cluster, random) {
    const controller = pickController(cluster, random)
    if (!controller) return null
    const how = chance(random, 0.3) ? 'silent' : 'process-only'
    controller.crash(how)
    return {
      what: how === 'silent' ? `power cut of ${controller.id}` : `kill -9 of ${controller.id}`,
      forMs: duration(random, 15_000),
      end: () => controller.start(),
    }
  },
}

export const controllerPause: FaultKind = {
  name: 'controller-pause',
  strike(cluster, random) {
    const controller = pickController(cluster, random)
    if (!controller) return null
    controller.pause()
    return {
      what: `SIGSTOP of ${controller.id}`,
      forMs: duration(random, 30_000),
      end: () => controller.resume(),
    }
  },
}

export const controllerStorePartition: FaultKind = {
  name: 'controller-store-partition',
  strike(cluster, random) {
    const controller = pickController(cluster, random)
    if (!controller) return null
    const inbound = chance(random, 0.7)
    const outbound = !inbound || chance(random, 0.6)
    const ends = [
      ...(inbound ? [cluster.cut('store', controller.id)] : []),
      ...(outbound ? [cluster.cut(controller.id, 'store')] : []),
    ]
    return {
      what: `${controller.id} cut off from the store${inbound && outbound ? '' : ', one way'}`,
      forMs: duration(random, 20_000),
      end: () => {
        for (const end of ends) end()
      },
    }
  },
}

export const slowController: FaultKind = {
  name: 'slow-controller',
  strike(cluster, random) {
    const controller = pickController(cluster, random)
    if (!controller) return null
    const byMs = 20 + random.nextInt(400)
    cluster.network.slow(controller.id, byMs)
    return {
      what: `network of ${controller.id} slower by ${byMs} ms`,
      forMs: duration(random, 15_000),
      end: () => cluster.network.slow(controller.id, 0),
    }
  },
}
