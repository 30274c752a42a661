import { fileURLToPath } from 'node:url'
import { client } from '@quarterdeck/sdk'
import { eventually, startCluster } from '@quarterdeck/testkit'
import { quantile } from '../measure/quantiles.ts'
import { boundsNote, repeat } from '../measure/repeat.ts'
import type { Bench } from '../report.ts'

const handlers = fileURLToPath(new URL('../dispatch/noop-handlers.mjs', import.meta.url))

/** Longer than a session must last to count as a good one, `replyTimeoutMs`. */
const CALM_MS = 4_000

type Death = {
  /** From the kill to the result of the next task, as its submitter sees it. */
  readonly toResultMs: number
  /** As the new leader measured: from the old one's last renewal to the new lease. */
  readonly gapMs: number | null
}

/** `kill -9` of the leader, again and again: how long until work is placed again. */
export const takeover: Bench = {
  name: 'takeover',
  summary: 'kill -9 of the leader to the next task placed, 30 times',

  async run({ say, isQuick }) {
    const cluster = await startCluster({
      controllers: 3,
      nodes: ['n1', 'n2', 'n3'],
      controllerEnv: { QD_LOG_LEVEL: 'error', QD_SUBMITS_PER_SECOND: '1000000' },
      agentEnv: { QD_HANDLERS: handlers, QD_LOG_LEVEL: 'error' },
    })
    try {
      const { samples, kept, discarded } = await repeat(
        isQuick ? 2 : 30,
        async (): Promise<Death> => {
          const leader = await cluster.leader()
          const others = cluster.controllers.filter(({ id }) => id !== leader.id).map(({ url }) => url)
          const api = client({ urls: others, token: cluster.apiToken, retryForMs: 60_000 })
          // A call before, so that connections stand and the first one is not measured.
          await api.tasks.run(noop())
          const killedAt = performance.now()
          await leader.kill9()
          const { row } = await api.tasks.run(noop())
          const toResultMs = performance.now() - killedAt
          if (row.state !== 'succeeded') throw new Error(`the task after the takeover ${row.state}`)
          const gapMs = (await api.controlPlane.view()).leadership?.takeovers[0]?.gapMs ?? null
          await leader.start()
          await eventually('all nodes are ready again', async () =>
            (await api.nodes.list()).value.every(({ status }) => status === 'ready'),
          )
          say(`next result ${toResultMs.toFixed(0)} ms after the kill`)
          api.close()
          // An agent that loses one session right after another takes its time, for two machines may share its identity. A cluster that is
          // left alone has none of that.
          await new Promise((resolve) => setTimeout(resolve, CALM_MS))
          return { toResultMs, gapMs }
        },
        say,
      )
      const results = samples.map(({ toResultMs }) => toResultMs)
      const gaps = samples.flatMap(({ gapMs }) => gapMs ?? [])
      return {
        name: 'takeover',
        tables: [
          {
            title: `kill -9 of the leader of 3 controllers, ${samples.length} times`,
            columns: ['', 'p50 ms', 'p99 ms', 'min ms', 'max ms'],
            rows: [
              [
                'kill to the next result at a submitter',
                quantile(results, 0.5),
                quantile(results, 0.99),
                quantile(results, 0),
                quantile(results, 1),
              ],
              [
                'last renewal to the new lease',
                quantile(gaps, 0.5),
                quantile(gaps, 0.99),
                quantile(gaps, 0),
                quantile(gaps, 1),
              ],
            ],
          },
        ],
        figures: { p50Ms: quantile(results, 0.5), p99Ms: quantile(results, 0.99), gapP50Ms: quantile(gaps, 0.5) },
        notes: [
          'The task is submitted right after the kill at a controller that lives; the time ends when its submitter has the result.',
          `Before each kill the cluster was whole for ${CALM_MS / 1_000} s.`,
          ...(kept === 0 ? [boundsNote] : []),
        ],
        discarded,
        kept,
      }
    } finally {
      await cluster.stop()
    }
  },
}

function noop() {
  return {
    name: 'noop',
    driver: 'handler',
    handler: { name: 'noop' },
    resources: { cpuMillis: 0, memoryBytes: 0 },
  } as const
}
