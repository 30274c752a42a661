import { nodePlatform } from '@quarterdeck/platform/node'
import { describeStore, type StoreUnderTest } from '@quarterdeck/store/conformance'
import { startRedis, type TestRedis } from '@quarterdeck/testkit'
import { createClient } from 'redis'
import { afterAll, beforeAll, vi } from 'vitest'
import { redisStore } from './redis-store.ts'

const platform = nodePlatform({ logLevel: 'silent', component: 'test' })
const timeouts = { leaseMs: 10_000, commandMs: 10_000 }
const long = { timeout: 60_000, interval: 10 }

let single: TestRedis
let cluster: TestRedis
beforeAll(async () => {
  single = await startRedis({ appendfsync: 'always' })
  // One server with all slots: enough for Redis to refuse a script whose keys lie in different slots.
  cluster = await startRedis({ appendfsync: 'always', extra: ['--cluster-enabled', 'yes'] })
  await send(cluster, ['CLUSTER', 'ADDSLOTSRANGE', '0', '16383'])
  await vi.waitUntil(() => isUp(cluster), long)
})
afterAll(async () => {
  await single.stop()
  await cluster.stop()
})

describeStore('store in Redis', () => openOn(single))
describeStore('store in a Redis Cluster', () => openOn(cluster))

let opened = 0

async function openOn(redis: TestRedis): Promise<StoreUnderTest> {
  // Each test has a name of its own on the one server.
  const name = `test-${++opened}`
  const open = () => redisStore({ url: redis.url, cluster: name, platform, timeouts })
  const clients = [open(), open()] as const
  const answers = (client: (typeof clients)[number]) => () => client.head().then(Boolean, () => false)
  return {
    clients,
    async beginHistory() {
      await redis.kill9()
      await redis.restart()
      for (const client of clients) await vi.waitUntil(answers(client), long)
    },
    async close() {
      for (const client of clients) await client.close()
    },
  }
}

async function isUp(redis: TestRedis): Promise<boolean> {
  return (await send(redis, ['CLUSTER', 'INFO'])).includes('cluster_state:ok')
}

async function send(redis: TestRedis, command: string[]): Promise<string> {
  const client = createClient({ url: redis.url })
  await client.connect()
  const reply = await client.sendCommand(command)
  client.destroy()
  return String(reply)
}
