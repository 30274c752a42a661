import { fileURLToPath } from 'node:url'
import type { TaskSubmitInput } from '@quarterdeck/domain'
import { client } from '@quarterdeck/sdk'
import { eventually, startCluster } from '@quarterdeck/testkit'
import { cpuMsOf, cpuMsOfAll } from '../measure/cpu-time.ts'
import { redisWork } from '../measure/redis-counts.ts'
import { controllerEnv } from '../profile.ts'
import type { Contender } from './contender.ts'

const handlers = fileURLToPath(new URL('./noop-handlers.mjs', import.meta.url))
/** One call carries so many tasks: about what one commit to the store takes. */
const BATCH = 150
const CALLS_AT_ONCE = 2

/** One controller, one agent with its handler workers, a submitter that uses the SDK. */
export async function startQuarterdeck({
  profileFolder,
  workers,
}: {
  readonly profileFolder: string | null
  readonly workers: number
}): Promise<Contender> {
  const cluster = await startCluster({
    controllers: 1,
    nodes: ['n1'],
    // As the peer's.
    appendfsync: 'everysec',
    controllerEnv: { QD_SUBMITS_PER_SECOND: '1000000', QD_LOG_LEVEL: 'error', ...controllerEnv(profileFolder) },
    agentEnv: {
      QD_HANDLERS: handlers,
      QD_HANDLER_WORKERS: String(workers),
      QD_CAPACITY_SLOTS: '10000',
      QD_LOG_LEVEL: 'error',
    },
  })
  const api = client({ urls: cluster.controllers.map(({ url }) => url), token: cluster.apiToken })
  const seen = new Set<string>()
  let onBatch = () => {}
  const listening = new AbortController()
  void listen()
  await warmUp()

  return {
    name: 'Quarterdeck',
    async runMany(count) {
      const mine = new Set<string>()
      const allSeen = async () => {
        while ([...mine].some((id) => !seen.has(id))) {
          await new Promise<void>((resolve) => {
            onBatch = resolve
          })
        }
      }
      const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, index) =>
        Math.min(BATCH, count - index * BATCH),
      )
      await Promise.all(Array.from({ length: CALLS_AT_ONCE }, submitBatches))
      await allSeen()
      for (const id of mine) seen.delete(id)

      async function submitBatches(): Promise<void> {
        for (let size = batches.pop(); size !== undefined; size = batches.pop()) {
          for (const outcome of await api.tasks.submitMany(Array.from({ length: size }, noop))) {
            if (!outcome.ok) throw new Error(outcome.error.message)
            mine.add(outcome.value.taskId)
          }
        }
      }
    },
    async runOne() {
      const { row } = await api.tasks.run(noop())
      if (row.state !== 'succeeded') throw new Error(`a task that does nothing ${row.state}: ${row.exit?.error ?? ''}`)
    },
    cpuMs: () => ({
      controller: cpuMsOf(cluster.controllers[0]?.pid() ?? 0),
      redis: cpuMsOf(cluster.redis.pid()),
      agent: cpuMsOfAll(
        cluster
          .agent('n1')
          .tree()
          .map(({ pid }) => pid),
      ),
    }),
    redisWork: () => redisWork(cluster.redis.url),
    async stop() {
      listening.abort()
      api.close()
      await cluster.stop()
    },
  }

  async function listen(): Promise<void> {
    for await (const batch of api.tasks.finished({ signal: listening.signal })) {
      for (const { taskId } of batch) seen.add(taskId)
      onBatch()
    }
  }

  /** `finished` tells of tasks from its start on: until it has told of one, it may not have started. */
  async function warmUp(): Promise<void> {
    await eventually('the stream of finished tasks has begun', async () => {
      const { row } = await api.tasks.run(noop())
      await new Promise((resolve) => setTimeout(resolve, 50))
      return seen.has(row.id)
    })
    seen.clear()
  }
}

/** Reserves nothing: how many run at once is up to the agent, as it is up to the worker's concurrency at the peer. */
function noop(): TaskSubmitInput {
  return {
    name: 'noop',
    driver: 'handler',
    handler: { name: 'noop' },
    resources: { cpuMillis: 0, memoryBytes: 0 },
  }
}
