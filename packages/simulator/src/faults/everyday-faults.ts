import { pick } from '../world/random-streams.ts'
import { duration, type FaultKind } from './fault.ts'

/** A client that repeats a call because it did not hear the answer. */
export const duplicates: FaultKind = {
  name: 'duplicates',
  strike(cluster, random) {
    if (cluster.duplicateShare > 0) return null
    cluster.duplicateShare = 0.05 + random.next() * 0.3
    return {
      what: `${Math.round(cluster.duplicateShare * 100)} % of beats and reports arrive twice`,
      forMs: duration(random, 30_000),
      end: () => {
        cluster.duplicateShare = 0
      },
    }
  },
}

export const clockJump: FaultKind = {
  name: 'clock-jump',
  strike(cluster, random) {
    const machine = pick(random, [...cluster.controllers, ...cluster.machines])
    if (!machine) return null
    const jumpMs = Math.round((random.next() * 2 - 1) * 3_600_000)
    machine.clock.jumpMs = jumpMs
    return {
      what: `the wall clock of ${'id' in machine ? machine.id : machine.nodeId} jumps by ${Math.round(jumpMs / 1_000)} s`,
      forMs: duration(random, 30_000),
      end: () => {
        machine.clock.jumpMs = 0
      },
    }
  },
}
