import { Agent, type AttemptLogs, type LinkDialer, Runner } from '@quarterdeck/agent'
import { type Capacity, incarnationSchema, type NodeId, unixMsSchema } from '@quarterdeck/domain'
import type { Recorder } from '../history/recorder.ts'
import { type Death, type MachineClock, type SimProcess, startProcess } from '../world/sim-process.ts'
import type { World } from '../world/world.ts'
import { createPrograms } from './programs.ts'
import { createSimDriver } from './sim-driver.ts'
import { cutPower, newJournalDisk, openJournal } from './sim-journal.ts'
import { watchOrders } from './watch-orders.ts'

/** A machine with an agent: keeper, agent, programs, disk. */
export type Machine = {
  readonly nodeId: NodeId
  readonly zone: string
  readonly clock: MachineClock
  readonly hasAgent: boolean
  readonly isOn: boolean
  /** Brings up what is down. */
  start(): void
  /** Only the connection-holding process: programs and keeper go on. */
  crashAgent(): void
  /** Keeper and agent; `exec` programs go on, handlers die with their keeper. */
  crashKeeper(): void
  /** Everything, and with `losesDisk` also what was not forced onto the disk. Nobody says goodbye. */
  powerOff(options: { readonly losesDisk: boolean }): void
  pauseAgent(): void
  resumeAgent(): void
}

export type MachineParts = {
  readonly world: World
  readonly recorder: Recorder
  readonly nodeId: NodeId
  readonly zone: string
  readonly capacity: Capacity
  readonly clock: MachineClock
  readonly controllers: readonly string[]
  /** Dials for one life of the agent. */
  readonly dialerFor: (agent: SimProcess) => LinkDialer
}

const noLogs: AttemptLogs = {
  finish: async () => ({ tail: [], bytesTotal: 0 }),
  remove: async () => {},
}

export function createMachine(parts: MachineParts): Machine {
  const { world, recorder, nodeId, zone, capacity, clock } = parts
  const disk = newJournalDisk()
  const programs = createPrograms(parts)
  const startedBy = new Map<string, 'exec' | 'handler'>()
  let keeper: { readonly process: SimProcess; readonly runner: Runner } | null = null
  let agent: SimProcess | null = null
  let bootCount = 1
  let isOn = true
  /** What the cluster said last about its controllers: on disk. */
  let controllers = parts.controllers

  const startKeeper = () => {
    const process = startProcess({ world, name: `${nodeId}.keeper`, clock, onLog: recorder.log })
    const onStart = (key: string, driver: 'exec' | 'handler') => startedBy.set(key, driver)
    const runner = new Runner({
      platform: process.platform,
      journal: openJournal(disk, process),
      drivers: (['exec', 'handler'] as const).map((name) =>
        createSimDriver({ name, keeper: process, programs, onStart }),
      ),
      logs: noLogs,
      capacity,
      isolation: 'none',
      forbids: () => null,
      setRole: () => {},
    })
    keeper = { process, runner }
    void runner.recover().then(() => startAgent(process, runner))
  }

  const startAgent = (keeperProcess: SimProcess, runner: Runner) => {
    const process = startProcess({ world, name: `${nodeId}.agent`, clock, onLog: recorder.log })
    agent = process
    const { platform } = process
    new Agent({
      platform,
      dial: parts.dialerFor(process),
      host: watchOrders(runner, { nodeId, agent: process, keeper: keeperProcess, recorder }),
      probes: { sample: () => idleLoad(capacity) },
      logReader: { read: async () => null },
      node: {
        incarnation: incarnationSchema.parse(platform.ids.next('a')),
        zone,
        region: 'r1',
        labels: {},
        capacity,
        facts: {
          hostname: nodeId,
          os: 'simulated',
          arch: 'simulated',
          cpuModel: 'simulated',
          cpuCount: 4,
          agentVersion: '0.0.0',
          nodeVersion: '0.0.0',
          pid: 1,
          bootId: `${nodeId}-boot-${bootCount}`,
          startedAtMs: unixMsSchema.parse(platform.clock.unixMs()),
          addresses: [],
          canHostController: true,
        },
      },
      controllers,
      saveControllers: (urls) => {
        controllers = urls
      },
    }).start()
  }

  const killKeeper = (how: Death) => {
    agent?.kill(how)
    keeper?.process.kill(how)
    agent = null
    keeper = null
  }

  return {
    nodeId,
    zone,
    clock,
    get hasAgent() {
      return agent !== null
    },
    get isOn() {
      return isOn
    },
    start() {
      isOn = true
      if (!keeper) startKeeper()
      else if (!agent) startAgent(keeper.process, keeper.runner)
    },
    crashAgent() {
      agent?.kill()
      agent = null
    },
    crashKeeper() {
      killKeeper('process-only')
      programs.killAll((key) => startedBy.get(key) === 'handler')
    },
    powerOff({ losesDisk }) {
      killKeeper('silent')
      isOn = false
      bootCount += 1
      if (losesDisk) cutPower(disk)
      programs.killAll(() => true)
    },
    pauseAgent: () => agent?.pause(),
    resumeAgent: () => agent?.resume(),
  }
}

function idleLoad({ memoryBytes }: Capacity) {
  return {
    cpuShare: 0.1,
    memoryBytesUsed: memoryBytes / 10,
    memoryBytesTotal: memoryBytes,
    diskBytesUsed: null,
    diskBytesTotal: null,
    diskReadBytesPerSecond: null,
    diskWriteBytesPerSecond: null,
    networkReceivedBytesPerSecond: null,
    networkSentBytesPerSecond: null,
    loadAverage: [0, 0, 0] as [number, number, number],
    eventLoopLagMs: 0,
  }
}
