import { controllerIdSchema, incarnationSchema, unixMsSchema } from '@quarterdeck/domain'
import { nodePlatform } from '@quarterdeck/platform/node'
import { type Change, committer, OutcomeUnknown, readCache, type Store, StoreAway } from '@quarterdeck/store'
import { startRedis, type TestRedis } from '@quarterdeck/testkit'
import { createClient } from 'redis'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type RedisStoreOptions, redisStore } from './redis-store.ts'

const platform = nodePlatform({ logLevel: 'silent', component: 'test' })
const meta = { atMs: unixMsSchema.parse(1), actor: 'test', events: [] }
const impatient = { leaseMs: 150, commandMs: 150, snapshotMs: 150 }
const patient = { leaseMs: 20_000, commandMs: 20_000, snapshotMs: 20_000 }
const long = { timeout: 60_000, interval: 20 }

describe('a store whose Redis fails', () => {
  let redis: TestRedis
  const stores: Store[] = []
  beforeEach(async () => {
    // With `always` an acknowledged write survives kill -9; what `everysec` gives is tested by itself.
    redis = await startRedis({ appendfsync: 'always' })
  })
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()))
    await redis.stop()
  })

  function open(options: Partial<RedisStoreOptions> = {}): Store {
    const store = redisStore({ url: redis.url, cluster: 'failures', platform, timeouts: patient, ...options })
    stores.push(store)
    return store
  }
  const answers = (store: Store) => () =>
    store
      .ping()
      .then(() => true)
      .catch(() => false)

  it('says "unknown" of a write and "away" of a read that a stopped Redis does not answer, and comes back', async () => {
    const store = open({ timeouts: impatient })
    const { historyId } = await store.hello()
    const write = (id: string) => store.commit([{ historyId, changes: [put(id, 'any')], meta }])
    const take = { holder: controllerIdSchema.parse('c1'), incarnation: incarnationSchema.parse('i1'), epochFloor: 0 }
    await write('before')
    await store.lease.read()
    redis.pause()
    await expect(write('during')).rejects.toThrow(OutcomeUnknown)
    await expect(store.get('task', 'before')).rejects.toThrow(StoreAway)
    await expect(store.lease.acquire({ ...take, nonce: 'n', ttlMs: 60_000 })).rejects.toThrow(OutcomeUnknown)
    await expect(store.readFeed(0, 10, 100)).rejects.toThrow(StoreAway)
    // Nothing has been sent on a new connection before its greeting was answered: now it is certain.
    await expect(write('later')).rejects.toThrow(StoreAway)
    redis.resume()
    await vi.waitUntil(answers(store), long)
    await vi.waitUntil(
      () =>
        write('after').then(
          () => true,
          () => false,
        ),
      long,
    )
    expect(await store.get('task', 'later')).toBeNull()
    expect((await store.head()).historyId).toBe(historyId)
  })

  it('knows a renewal whose reply was lost by its nonce', async () => {
    const store = open({ timeouts: impatient })
    await store.hello()
    const request = {
      holder: controllerIdSchema.parse('c1'),
      incarnation: incarnationSchema.parse('i1'),
      nonce: 'the-same',
      ttlMs: 600_000,
      epochFloor: 0,
    }
    await store.lease.read()
    redis.pause()
    await expect(store.lease.acquire(request)).rejects.toThrow(OutcomeUnknown)
    redis.resume()
    const again = () => store.lease.acquire(request).catch(() => null)
    const reply = await vi.waitUntil(again, long)
    expect(reply).toMatchObject({ status: 'acquired', record: { nonce: 'the-same' } })
  })

  it('is away while there is no Redis, at the first call too, and comes back by itself', async () => {
    const store = open()
    await store.hello()
    await redis.kill9()
    await expect(store.head()).rejects.toThrow(StoreAway)
    await expect(open().hello()).rejects.toThrow(StoreAway)
    await redis.restart()
    await vi.waitUntil(answers(store), long)
  })

  it('loses nothing that was acknowledged when Redis is killed under load, and says which writes are unknown', async () => {
    const store = open()
    const cache = readCache({ store, platform })
    await cache.start()
    const { commit } = committer({ store, platform, cache })
    const acknowledged: string[] = []
    let unknown = 0
    let isOver = false
    const load = (async () => {
      for (let i = 0; !isOver; i++) {
        const id = `t${i}`
        try {
          const { status } = await commit({ changes: [put(id, 0)], meta })
          if (status === 'committed') acknowledged.push(id)
        } catch (error) {
          if (error instanceof OutcomeUnknown) unknown += 1
          else if (!(error instanceof StoreAway)) throw error
          await new Promise((resolve) => platform.timers.soon(() => resolve(null)))
        }
      }
    })()
    const first = cache.historyId
    await vi.waitUntil(() => acknowledged.length > 200, long)
    await redis.kill9()
    await redis.restart()
    await vi.waitUntil(() => cache.complete && cache.historyId !== first, long)
    const beforeLoad = acknowledged.length
    await vi.waitUntil(() => acknowledged.length > beforeLoad + 100, long)
    isOver = true
    await load
    await cache.fresh()
    expect(unknown).toBeLessThanOrEqual(1)
    const stored = new Set<string>()
    for (const id of acknowledged) if (await store.get('task-result', id)) stored.add(id)
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([])
    cache.stop()
  })

  it('has written what it calls durable when Redis is killed, although everysec may hold acknowledged writes back', async () => {
    const everysec = await startRedis({ appendfsync: 'everysec' })
    try {
      const store = open({ url: everysec.url })
      const isHoldingBack = async () => !/aof_buffer_length:0\r/.test(await raw(everysec.url, ['INFO', 'persistence']))
      for (let round = 0; round < 3; round++) {
        const { historyId, durability } = await store.hello()
        expect(durability).toBe('written')
        const ids: string[] = []
        // On a fast disk it may never hold back; then this says less, and nothing wrong.
        while (ids.length < 400 && !(ids.length % 20 === 0 && (await isHoldingBack()))) {
          const id = `r${round}-${ids.length}`
          await store.commit([{ historyId, changes: [put(id, 0, 'x'.repeat(50_000))], meta }])
          ids.push(id)
        }
        await store.durable(historyId)
        await everysec.kill9()
        await everysec.restart()
        await vi.waitUntil(answers(store), long)
        const kept = await Promise.all(ids.map((id) => store.get('task-result', id)))
        expect(kept.filter((object) => object === null)).toEqual([])
      }
    } finally {
      await everysec.stop()
    }
  })

  it('is present and listens again after Redis came back', async () => {
    const [store, other] = [open(), open()]
    const incarnation = incarnationSchema.parse('c1-life')
    await store.hello()
    await store.presence.announce(incarnation)
    const heard: string[] = []
    await store.subscribeTelemetry((message) => heard.push(message))
    await redis.kill9()
    await redis.restart()
    await vi.waitUntil(() => other.presence.isPresent(incarnation).catch(() => false), long)
    await vi.waitUntil(async () => {
      await other.publishTelemetry('again').catch(() => undefined)
      return heard.includes('again')
    }, long)
  })

  it('sends a script again that Redis has forgotten', async () => {
    const store = open()
    const { historyId } = await store.hello()
    await store.commit([{ historyId, changes: [put('a', 0)], meta }])
    await raw(redis.url, ['SCRIPT', 'FLUSH'])
    expect(await store.commit([{ historyId, changes: [put('b', 0)], meta }])).toMatchObject([{ status: 'committed' }])
  })

  it('is safe on a replica once one follows, and says "unknown" when that one does not confirm', async () => {
    const replica = await startRedis({ extra: ['--replicaof', '127.0.0.1', String(redis.port)] })
    try {
      await vi.waitUntil(async () => (await raw(redis.url, ['INFO', 'replication'])).includes('state=online'), long)
      const store = open({ timeouts: { ...patient, commandMs: 2_000 } })
      const hello = await store.hello()
      expect(hello).toMatchObject({ durability: 'replica' })
      const durable = () => store.durable(hello.historyId)
      await Promise.all([durable(), durable(), durable()])
      replica.pause()
      await expect(durable()).rejects.toThrow(OutcomeUnknown)
      replica.resume()
      await vi.waitUntil(
        () =>
          durable().then(
            () => true,
            () => false,
          ),
        long,
      )
    } finally {
      await replica.stop()
    }
  })
})

function put(id: string, expect: Change['expect'], text = '{"v":1}'): Change {
  return { op: 'put', kind: 'task-result', id, expect, text }
}

async function raw(url: string, command: string[]): Promise<string> {
  const client = createClient({ url })
  await client.connect()
  const reply = await client.sendCommand(command)
  client.destroy()
  return String(reply)
}
