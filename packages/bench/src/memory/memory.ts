import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { startCluster } from '@quarterdeck/testkit'
import type { Bench } from '../report.ts'
import { addMemory, type ProcessMemory, processMemory } from './process-memory.ts'

/** What a start leaves behind is collected by then. */
const SETTLE_MS = 60_000
const SETTLE_QUICK_MS = 8_000

/** Memory of a controller and of an agent with its keeper that have nothing to do, beside a Node process that runs nothing. */
export const memory: Bench = {
  name: 'memory',
  summary: 'memory of an idle controller, and of an idle agent with its keeper',

  async run({ isQuick }) {
    const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60_000)'], { stdio: 'ignore' })
    const cluster = await startCluster({ controllers: 1, nodes: ['n1'] })
    try {
      await delay(isQuick ? SETTLE_QUICK_MS : SETTLE_MS)
      const agent = cluster.agent('n1')
      const controller = memoryOf(cluster.controllers[0]?.pid())
      const keeper = memoryOf(agent.keeperPid())
      const session = memoryOf(agent.agentPid())
      const both = addMemory(keeper, session)
      return {
        name: 'memory',
        tables: [
          {
            title: 'MB after a while with nothing to do',
            columns: ['', 'RSS', 'PSS', 'its own'],
            rows: [
              row('controller', controller),
              row('keeper', keeper),
              row('agent process', session),
              row('agent with keeper', both),
              row('a Node process that runs nothing', memoryOf(bare.pid)),
            ],
          },
        ],
        figures: {
          controllerRssMb: controller.rssMb,
          agentRssMb: both.rssMb,
          agentPssMb: both.pssMb,
          agentOwnMb: both.ownMb,
        },
        notes: [
          'RSS counts the pages of the Node program in every process; PSS divides them by the number of Node processes on the machine now, so it falls when more of them run; "its own" depends on neither.',
        ],
        discarded: 0,
        kept: 1,
      }
    } finally {
      await cluster.stop()
      await ended(bare)
    }
  },
}

function memoryOf(pid: number | undefined): ProcessMemory {
  if (pid === undefined) throw new Error('a process whose memory is to be read has ended')
  return processMemory(pid)
}

function row(name: string, { rssMb, pssMb, ownMb }: ProcessMemory): readonly [string, number, number, number] {
  return [name, rssMb, pssMb, ownMb]
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => child.once('exit', resolve))
  if (child.kill()) await exit
}
