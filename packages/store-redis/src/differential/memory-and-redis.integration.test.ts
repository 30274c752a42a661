import { seededRandom } from '@quarterdeck/platform'
import { nodePlatform } from '@quarterdeck/platform/node'
import { beginHistory, createMemoryServer, openMemoryStore } from '@quarterdeck/store/memory'
import { startRedis, type TestRedis } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { redisStore } from '../redis-store.ts'
import type { Operation, Side } from './operation.ts'
import { picker } from './picker.ts'
import { dump, randomOperation } from './random-operation.ts'

/**
 * Random sequences of operations on both stores: every reply and, after each batch, everything stored must be the same. Now and then
 * Redis is killed with -9 and started again from its AOF, so that also "nothing acknowledged is lost" is compared.
 */
const OPERATIONS = Number(process.env.QD_TEST_OPS ?? 5_000)
const SEED = Number(process.env.QD_TEST_SEED ?? 1)
const BATCH = 250
const RESTARTS = 3

const platform = nodePlatform({ logLevel: 'silent', component: 'test' })
// Only the outcome counts here, however slow the machine is.
const timeouts = { leaseMs: 60_000, commandMs: 60_000, snapshotMs: 60_000 }

let redis: TestRedis
beforeAll(async () => {
  redis = await startRedis({ appendfsync: 'always' })
})
afterAll(() => redis.stop())

describe(`${OPERATIONS} operations from seed ${SEED}`, () => {
  it('have the same replies and the same end in memory and in Redis', { timeout: 30 * 60_000 }, async () => {
    const picks = picker(seededRandom(SEED))
    const server = createMemoryServer(platform)
    const memory: Side = { store: openMemoryStore(server, platform), historyId: '', fences: new Map() }
    const inRedis: Side = {
      store: redisStore({ url: redis.url, cluster: 'differential', platform, timeouts }),
      historyId: '',
      fences: new Map(),
    }
    const present = {
      get revision() {
        return server.state.revision
      },
      revisionOf: (kind: Parameters<typeof server.state.objects.get>[0], id: string) =>
        server.state.objects.get(kind)?.get(id)?.revision ?? 0,
    }
    let sides = await greeted(memory, inRedis)
    const batches = Math.ceil(OPERATIONS / BATCH)
    const restartEvery = Math.ceil(batches / (RESTARTS + 1))

    for (let batch = 1; batch <= batches; batch++) {
      for (let index = 1; index <= BATCH; index++) {
        await compare(randomOperation(picks, present), sides, `operation ${index} of batch ${batch}`)
      }
      await compare({ name: 'dump', run: dump }, sides, `after batch ${batch}`)
      if (batch % restartEvery !== 0 || batch === batches) continue

      beginHistory(server)
      await redis.kill9()
      await redis.restart()
      await vi.waitUntil(() => answers(inRedis), { timeout: 60_000, interval: 20 })
      sides = await greeted(memory, inRedis)
    }
    await Promise.all([memory.store.close(), inRedis.store.close()])
  })
})

async function greeted(...sides: readonly Side[]): Promise<readonly Side[]> {
  return await Promise.all(sides.map(async (side) => ({ ...side, historyId: (await side.store.hello()).historyId })))
}

async function compare({ name, run }: Operation, sides: readonly Side[], place: string) {
  const [expected, actual] = await Promise.all(sides.map(run))
  expect(withoutEventTimes(actual), `${place}, seed ${SEED}: ${name}`).toEqual(withoutEventTimes(expected))
}

/** The entry that begins a history carries the time of the greeting. */
function withoutEventTimes(reply: unknown): unknown {
  if (typeof reply !== 'object' || reply === null || reply instanceof Map) return reply
  if (Array.isArray(reply)) return reply.map(withoutEventTimes)
  return Object.fromEntries(
    Object.entries(reply).map(([key, value]) => [key, key === 'atMs' ? 0 : withoutEventTimes(value)]),
  )
}

function answers(side: Side): Promise<boolean> {
  return side.store.head().then(
    () => true,
    () => false,
  )
}
