import { nodePlatform } from '@quarterdeck/platform/node'
import { describeStore } from '@quarterdeck/store/conformance'
import { startRedis, type TestRedis } from '@quarterdeck/testkit'
import { afterAll, beforeAll } from 'vitest'
import { redisStore } from './redis-store.ts'

const platform = nodePlatform({ logLevel: 'silent', component: 'test' })
let redis: TestRedis
let opened = 0

beforeAll(async () => {
  redis = await startRedis({ appendfsync: 'always' })
})
afterAll(() => redis.stop())

describeStore('store in Redis', async () => {
  // Each test has a cluster of its own on the one server.
  const cluster = `test-${++opened}`
  const open = () => redisStore({ url: redis.url, cluster, platform, timeouts: { leaseMs: 10_000, commandMs: 10_000 } })
  const clients = [open(), open()] as const
  return {
    clients,
    async beginHistory() {
      await redis.kill9()
      await redis.restart()
      for (const client of clients) while (!(await isBack(client))) await pause()
    },
    async close() {
      for (const client of clients) await client.close()
    },
  }
})

function isBack(client: ReturnType<typeof redisStore>): Promise<boolean> {
  return client.head().then(
    () => true,
    () => false,
  )
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10))
}
