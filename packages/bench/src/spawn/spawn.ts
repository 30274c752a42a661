import { spawn } from 'node:child_process'
import { client } from '@quarterdeck/sdk'
import { startCluster } from '@quarterdeck/testkit'
import { median, spread } from '../measure/quantiles.ts'
import { boundsNote, repeat } from '../measure/repeat.ts'
import type { Bench } from '../report.ts'

const IN_FLIGHT = 16

type Pair = { readonly ours: number; readonly bare: number }

/** Real processes a second on one agent, logs and results kept, beside Node's own spawn with as many in flight. */
export const spawnBench: Bench = {
  name: 'spawn',
  summary: '/bin/true as tasks on one agent, beside bare child_process.spawn',

  async run({ say, isQuick }) {
    const count = isQuick ? 50 : 400
    const cluster = await startCluster({
      controllers: 1,
      nodes: ['n1'],
      controllerEnv: { QD_SUBMITS_PER_SECOND: '1000000', QD_LOG_LEVEL: 'error' },
      agentEnv: { QD_CAPACITY_SLOTS: String(IN_FLIGHT), QD_LOG_LEVEL: 'error' },
    })
    const api = client({ urls: cluster.controllers.map(({ url }) => url), token: cluster.apiToken })
    try {
      await runTasks(IN_FLIGHT)
      const { samples, kept, discarded } = await repeat(
        isQuick ? 1 : 5,
        async (): Promise<Pair> => {
          const ours = count / (await timed(() => runTasks(count)))
          const bare = count / (await timed(() => runBare(count)))
          say(`${ours.toFixed(0)} tasks/s, bare spawn ${bare.toFixed(0)}/s`)
          return { ours, bare }
        },
        say,
      )
      return {
        name: 'spawn',
        tables: [
          {
            title: `/bin/true, ${IN_FLIGHT} in flight, ${count} a run; median (min..max) of ${samples.length} pairs`,
            columns: ['', 'tasks on one agent', 'bare spawn', 'ratio'],
            rows: [
              [
                'processes/s',
                spread(samples.map(({ ours }) => ours)),
                spread(samples.map(({ bare }) => bare)),
                spread(samples.map(({ ours, bare }) => ours / bare)),
              ],
            ],
          },
        ],
        figures: {
          processesPerSecond: median(samples.map(({ ours }) => ours)),
          ratio: median(samples.map(({ ours, bare }) => ours / bare)),
        },
        notes: [
          'A task is submitted, stored, placed, started in its own group of processes with its limits, waited for, and its result stored.',
          ...(kept === 0 ? [boundsNote] : []),
        ],
        discarded,
        kept,
      }
    } finally {
      api.close()
      await cluster.stop()
    }

    async function runTasks(tasks: number): Promise<void> {
      const outcomes = await api.tasks.submitMany(
        Array.from({ length: tasks }, () => ({
          name: 'true',
          driver: 'exec' as const,
          exec: { command: '/bin/true' },
          resources: { cpuMillis: 0, memoryBytes: 0 },
        })),
      )
      // They end in about the order of their submit, so waiting for the last ones waits for all.
      const ids = outcomes.map((outcome) => {
        if (!outcome.ok) throw new Error(outcome.error.message)
        return outcome.value.taskId
      })
      for (const id of ids.slice(-IN_FLIGHT)) {
        const { row } = await api.tasks.wait(id)
        if (row.state !== 'succeeded') throw new Error(`/bin/true ${row.state}: ${row.exit?.error ?? ''}`)
      }
    }
  },
}

async function timed(run: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await run()
  return (performance.now() - startedAt) / 1_000
}

async function runBare(count: number): Promise<void> {
  let left = count
  await Promise.all(Array.from({ length: IN_FLIGHT }, runInTurn))

  async function runInTurn(): Promise<void> {
    while (left-- > 0) {
      const child = spawn('/bin/true', [], { stdio: ['ignore', 'pipe', 'pipe'] })
      await new Promise((resolve, reject) => {
        child.once('error', reject)
        child.once('close', resolve)
      })
    }
  }
}
