import { chance, pick } from '../world/random-streams.ts'
import { duration, type FaultKind } from './fault.ts'

/** Longest that an agent's supervisor takes to start it again. */
const RESTART_MS_MAX = 1_000

export const agentCrash: FaultKind = {
  name: 'agent-crash',
  strike(cluster, random) {
    const machine = pick(
      random,
      cluster.machines.filter(({ hasAgent }) => hasAgent),
    )
    if (!machine) return null
    machine.crashAgent()
    const repair = cluster.impair(machine.nodeId)
    return {
      what: `kill -9 of the agent of ${machine.nodeId}`,
      forMs: random.next() * RESTART_MS_MAX,
      end: () => {
        if (machine.isOn) machine.start()
        repair()
      },
    }
  },
}

export const keeperCrash: FaultKind = {
  name: 'keeper-crash',
  strike(cluster, random) {
    const machine = pick(
      random,
      cluster.machines.filter(({ isOn }) => isOn),
    )
    if (!machine) return null
    machine.crashKeeper()
    const repair = cluster.impair(machine.nodeId)
    return {
      what: `kill -9 of agent and keeper of ${machine.nodeId}`,
      forMs: random.next() * RESTART_MS_MAX,
      end: () => {
        if (machine.isOn) machine.start()
        repair()
      },
    }
  },
}

export const powerCut: FaultKind = {
  name: 'power-cut',
  strike(cluster, random) {
    const machine = pick(
      random,
      cluster.machines.filter(({ isOn }) => isOn),
    )
    if (!machine) return null
    const losesDisk = chance(random, 0.5)
    machine.powerOff({ losesDisk })
    const repair = cluster.impair(machine.nodeId)
    return {
      what: `power cut of ${machine.nodeId}${losesDisk ? ', unsynced writes lost' : ''}`,
      forMs: duration(random, 40_000),
      end: () => {
        machine.start()
        repair()
      },
    }
  },
}

export const agentPause: FaultKind = {
  name: 'agent-pause',
  strike(cluster, random) {
    const machine = pick(
      random,
      cluster.machines.filter(({ hasAgent }) => hasAgent),
    )
    if (!machine) return null
    machine.pauseAgent()
    const repair = cluster.impair(machine.nodeId)
    return {
      what: `SIGSTOP of the agent of ${machine.nodeId}`,
      forMs: duration(random, 40_000),
      end: () => {
        machine.resumeAgent()
        repair()
      },
    }
  },
}

export const nodePartition: FaultKind = {
  name: 'node-partition',
  strike(cluster, random) {
    const machine = pick(random, cluster.machines)
    if (!machine) return null
    const { nodeId } = machine
    const repair = cluster.impair(nodeId)
    const inbound = chance(random, 0.7)
    const outbound = !inbound || chance(random, 0.6)
    const ends = cluster.controllers.flatMap(({ id }) => [
      ...(inbound ? [cluster.cut(id, nodeId)] : []),
      ...(outbound ? [cluster.cut(nodeId, id)] : []),
    ])
    return {
      what: `${nodeId} cut off from all controllers${inbound && outbound ? '' : ', one way'}`,
      forMs: duration(random, 40_000),
      end: () => {
        for (const end of ends) end()
        repair()
      },
    }
  },
}

export const nodeControllerPartition: FaultKind = {
  name: 'node-controller-partition',
  strike(cluster, random) {
    const machine = pick(random, cluster.machines)
    const controller = pick(random, cluster.controllers)
    if (!machine || !controller) return null
    const repair = cluster.impair(machine.nodeId)
    const ends = [cluster.cut(machine.nodeId, controller.id), cluster.cut(controller.id, machine.nodeId)]
    return {
      what: `${machine.nodeId} cut off from ${controller.id}`,
      forMs: duration(random, 20_000),
      end: () => {
        for (const end of ends) end()
        repair()
      },
    }
  },
}

export const connectionReset: FaultKind = {
  name: 'connection-reset',
  strike(cluster, random) {
    const machine = pick(random, cluster.machines)
    if (!machine) return null
    const repair = cluster.impair(machine.nodeId)
    cluster.resetConnections(machine.nodeId)
    return { what: `connection reset of ${machine.nodeId}`, forMs: 0, end: repair }
  },
}

export const slowNode: FaultKind = {
  name: 'slow-node',
  strike(cluster, random) {
    const machine = pick(random, cluster.machines)
    if (!machine) return null
    const repair = cluster.impair(machine.nodeId)
    const byMs = 50 + random.nextInt(800)
    cluster.network.slow(machine.nodeId, byMs)
    return {
      what: `network of ${machine.nodeId} slower by ${byMs} ms`,
      forMs: duration(random, 20_000),
      end: () => {
        cluster.network.slow(machine.nodeId, 0)
        repair()
      },
    }
  },
}
