import { controllerIdSchema, incarnationSchema, unixMsSchema } from '@quarterdeck/domain'
import { nodePlatform } from '@quarterdeck/platform/node'
import { type Change, type Store, StoreAway } from '@quarterdeck/store'
import { type RedisOptions, startRedis, type TestRedis } from '@quarterdeck/testkit'
import { createClient } from 'redis'
import { afterEach, describe, expect, it } from 'vitest'
import { shardKeys } from './keys.ts'
import { type RedisStoreOptions, redisStore, UnsafeRedis } from './redis-store.ts'

const platform = nodePlatform({ logLevel: 'silent', component: 'test' })
const meta = { atMs: unixMsSchema.parse(1), actor: 'test', events: [] }
const timeouts = { leaseMs: 20_000, commandMs: 20_000, snapshotMs: 20_000 }

describe('a store in Redis', () => {
  const ends: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  async function start(options: RedisOptions = {}): Promise<TestRedis> {
    const redis = await startRedis(options)
    ends.push(() => redis.stop())
    return redis
  }
  function open(redis: TestRedis, options: Partial<RedisStoreOptions> = {}): Store {
    const store = redisStore({ url: redis.url, cluster: 'refusals', platform, timeouts, ...options })
    ends.push(() => store.close())
    return store
  }

  it.each([
    ['without an append-only file', { appendonly: false }, /appendonly is off/],
    ['that evicts keys', { extra: ['--maxmemory-policy', 'allkeys-lru'] }, /maxmemory-policy is allkeys-lru/],
  ] as const)('refuses a Redis %s, unless data loss is accepted', async (_, options, sentence) => {
    const redis = await start(options)
    await expect(open(redis).hello()).rejects.toThrow(UnsafeRedis)
    await expect(open(redis).hello()).rejects.toThrow(sentence)
    const { warnings } = await open(redis, { acceptDataLoss: true }).hello()
    expect(warnings.join()).toMatch(sentence)
  })

  it.each([
    ['everysec', 'written'],
    ['always', 'fsync'],
  ] as const)('says what appendfsync %s gives: %s', async (appendfsync, durability) => {
    const redis = await start({ appendfsync })
    expect(await open(redis).hello()).toMatchObject({ durability, warnings: [] })
  })

  it('says that a password is missing or wrong, and takes the right one', async () => {
    const redis = await start({ extra: ['--requirepass', 'open-sesame'] })
    const withPassword = (password: string) => redis.url.replace('//', `//:${password}@`)
    await expect(open(redis).hello()).rejects.toThrow(/wants a password/)
    await expect(open(redis, { url: withPassword('guess') }).hello()).rejects.toThrow(
      /refuses this user name or password/,
    )
    expect(await open(redis, { url: withPassword('open-sesame') }).hello()).toMatchObject({ empty: true })
  })

  it('never greets a replica', async () => {
    const primary = await start()
    const replica = await start({ extra: ['--replicaof', '127.0.0.1', String(primary.port)] })
    await expect(open(replica).hello()).rejects.toThrow(/is a replica/)
  })

  it('refuses writes of a full Redis whole, and still ends work, removes and holds the lease', async () => {
    const redis = await start({ maxmemory: '8mb' })
    const store = open(redis)
    const { historyId } = await store.hello()
    const holder = { holder: controllerIdSchema.parse('c1'), incarnation: incarnationSchema.parse('i1') }
    const lease = await store.lease.acquire({ ...holder, nonce: 'n', ttlMs: 600_000, epochFloor: 0 })

    let written = 0
    const fill = async () => {
      for (;;) {
        const changes = Array.from({ length: 20 }, (_, index) => put(`t${written + index}`, 'x'.repeat(10_000)))
        await store.commit([{ historyId, changes, meta }])
        written += changes.length
      }
    }
    await expect(fill()).rejects.toThrow(/out of memory/)
    await expect(fill()).rejects.toThrow(StoreAway)
    const { revision } = await store.head()
    expect(revision).toBe(written / 20)

    expect(await store.lease.renew(lease.record, 600_000)).toMatchObject({ status: 'renewed' })
    const remove: Change = { op: 'delete', kind: 'task', id: 't0', expect: 'any' }
    const replies = await store.commit([{ historyId, changes: [remove, put('small', '{}')], meta, essential: true }])
    expect(replies).toEqual([{ status: 'committed', revision: revision + 1 }])
  })

  it('changes nothing when one of its keys has been tampered with', async () => {
    const redis = await start()
    const client = createClient({ url: redis.url })
    await client.connect()
    ends.push(async () => client.destroy())
    const keys = shardKeys('refusals', 'main')
    const tampered = [keys.history, keys.revision, keys.lease, keys.feed, keys.audit, keys.objects('node')]

    for (const key of tampered) {
      await client.sendCommand(['FLUSHALL'])
      const store = open(redis)
      const { historyId } = await store.hello()
      const audited = { ...meta, audit: { action: 'test', target: 'x' } }
      const write = (id: string) =>
        store.commit([
          {
            historyId,
            changes: [put(id, '{}'), { op: 'put', kind: 'node', id, expect: 'any', text: '{}' }],
            meta: audited,
          },
        ])
      await write('first')
      await client.sendCommand(['DEL', key])
      await client.sendCommand(['SADD', key, 'not what it was'])
      const before = await everything((command) => client.sendCommand(command))
      await expect(write('second'), key).rejects.toThrow(/WRONGTYPE|not an integer/)
      expect(await everything((command) => client.sendCommand(command)), key).toEqual(before)
      await store.close()
    }
  })
})

function put(id: string, text: string): Change {
  return { op: 'put', kind: 'task', id, expect: 'any', text }
}

async function everything(send: (command: string[]) => Promise<unknown>): Promise<ReadonlyMap<string, unknown>> {
  const keys = (await send(['KEYS', '*'])) as string[]
  const dumps = await Promise.all(keys.sort().map(async (key) => [key, await send(['DUMP', key])] as const))
  return new Map(dumps)
}
