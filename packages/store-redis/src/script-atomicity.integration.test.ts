import { controllerIdSchema, incarnationSchema, nodeIdSchema, unixMsSchema } from '@quarterdeck/domain'
import type { Commit } from '@quarterdeck/store'
import { startRedis, type TestRedis } from '@quarterdeck/testkit'
import { createClient, SimpleError } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shardKeys } from './keys.ts'
import type { Send } from './link/send.ts'
import { acquireLease } from './scripts/acquire-lease.ts'
import { commit } from './scripts/commit.ts'
import { hello } from './scripts/hello.ts'
import { readFeed } from './scripts/read-feed.ts'
import { readHead } from './scripts/read-head.ts'
import { readLease } from './scripts/read-lease.ts'
import { recordBeats } from './scripts/record-beats.ts'
import { scripts } from './scripts/registry.ts'
import { releaseLease } from './scripts/release-lease.ts'
import { renewLease } from './scripts/renew-lease.ts'
import { transferLease } from './scripts/transfer-lease.ts'
import { trimFeed } from './scripts/trim-feed.ts'

const keys = shardKeys('atomic', 'main')
const c1 = { holder: controllerIdSchema.parse('c1'), incarnation: incarnationSchema.parse('i1'), nonce: 'n1' }
const c2 = { holder: controllerIdSchema.parse('c2'), incarnation: incarnationSchema.parse('i2'), nonce: 'n2' }
const meta = { atMs: unixMsSchema.parse(1), actor: 'test', events: [], audit: { action: 'test', target: 'x' } }
const commits = (essential: boolean): Commit[] => [
  { historyId: 'h1', essential, meta, changes: [{ op: 'put', kind: 'task', id: 'a', expect: 1, text: '{}' }] },
  { historyId: 'h1', essential, meta, changes: [{ op: 'delete', kind: 'task', id: 'a', expect: 2 }] },
]

/** One run of each script in which it has everything to do. `fence` is that of the holder, c1. */
const runs: Record<string, (send: Send, fence: { epoch: number; nonce: string }) => Promise<unknown>> = {
  hello: (send) => hello(send, keys, { freshId: 'h2', meta: '{}', jump: 1_000 }),
  commit: (send) => commit(send, keys, commits(false)),
  'commit of what is essential': (send) => commit(send, keys, commits(true)),
  'read-feed': (send) => readFeed(send, keys, 0, 10),
  'read-head': (send) => readHead(send, keys),
  'trim-feed': (send) => trimFeed(send, keys, 1),
  'record-beats': (send) => recordBeats(send, keys, [nodeIdSchema.parse('web-1'), nodeIdSchema.parse('web-2')], 1_000),
  'read-lease': (send) => readLease(send, keys),
  'acquire-lease': (send) =>
    acquireLease(send, keys, {
      ...c2,
      ttlMs: 9_000,
      epochFloor: 0,
      over: { nonce: 'n1', seq: 0, because: 'presence-gone' },
    }),
  'renew-lease': (send, fence) => renewLease(send, keys, fence, 9_000),
  'transfer-lease': (send, fence) => transferLease(send, keys, fence, { ...c2, ttlMs: 9_000 }),
  'release-lease': (send, fence) => releaseLease(send, keys, fence),
}

/**
 * Where a failure after the first write would be seen. None of these can be refused any more: Redis checks memory and role before a script
 * starts, and the script has touched every key with a reading command. What each would leave behind, should it fail all the same:
 */
const afterFirstWrite: Record<string, readonly string[]> = {
  // A revision that no entry has: readers see the gap and read everything again.
  hello: ['XADD', 'HSET'],
  // Without the XADD of the feed: the same. Without what follows it: a feed that is ahead of the objects. From HGET on it is the
  // second commit, and the first stands whole.
  commit: ['XADD', 'HSET', 'XADD', 'HGET', 'INCR', 'XADD', 'HDEL', 'XADD'],
  'commit of what is essential': ['XADD', 'HSET', 'XADD', 'HGET', 'INCR', 'XADD', 'HDEL', 'XADD'],
  // A feed that calls entries trimmed which are still there.
  'trim-feed': ['XTRIM'],
  // Beats that were to be forgotten stay a second longer.
  'record-beats': ['ZREMRANGEBYSCORE'],
}

describe('a script that fails at any of its calls', () => {
  let redis: TestRedis
  let client: ReturnType<typeof createClient>
  beforeAll(async () => {
    redis = await startRedis()
    client = createClient({ url: redis.url })
    await client.connect()
  })
  afterAll(async () => {
    client.destroy()
    await redis.stop()
  })
  const send: Send = (command) => client.sendCommand([...command])

  it('is every script of the registry', () => {
    expect(Object.keys(runs)).toHaveLength(scripts.length)
  })

  it.each(Object.keys(runs))('%s: leaves everything as it was, up to and with its first write', async (name) => {
    const later: string[] = []
    for (let failAt = 1; ; failAt++) {
      await send(['FLUSHALL'])
      const fence = await prepare()
      const before = await everything()
      const failure = await runs[name]?.(failing(failAt), fence).then(() => null, String)
      if (!failure) break
      expect(failure).toContain('injected')
      const [, hasWritten, command = ''] = /injected (\w+) (\w+)/.exec(failure) ?? []
      if (hasWritten === 'true') later.push(command)
      else expect(await everything(), `${name} failing at call ${failAt}, ${command}`).toEqual(before)
    }
    expect(later).toEqual(afterFirstWrite[name] ?? [])
  })

  /** A history that is not this server's any more, an object, a snapshot that covers it, and a lease of c1. */
  async function prepare() {
    await send(['HSET', keys.history, 'id', 'h1', 'run_id', 'another', 'replid', 'another'])
    await commit(send, keys, [
      { historyId: 'h1', meta, changes: [{ op: 'put', kind: 'task', id: 'a', expect: 0, text: '{}' }] },
    ])
    await send(['HSET', keys.snapshots, '1', 'text'])
    const { record } = await acquireLease(send, keys, { ...c1, ttlMs: 600_000, epochFloor: 0 })
    return { epoch: record.epoch, nonce: record.nonce }
  }

  /** Runs the script's text with a `redis.call` that fails at its n-th use. */
  function failing(failAt: number): Send {
    return async ([verb = '', text = '', ...operands]) => {
      if (verb === 'EVALSHA') throw new SimpleError('NOSCRIPT so that the text comes')
      const [firstLine = '', ...rest] = text.split('\n')
      return await send(['EVAL', [firstLine, failingCall(failAt), ...rest].join('\n'), ...operands])
    }
  }

  async function everything(): Promise<ReadonlyMap<string, unknown>> {
    const found = (await send(['KEYS', '*'])) as string[]
    return new Map(await Promise.all(found.sort().map(async (key) => [key, await send(['DUMP', key])] as const)))
  }
})

function failingCall(failAt: number): string {
  return `
local real_call, calls, has_written = redis.call, 0, false
local writes = { INCR = 1, INCRBY = 1, XADD = 1, HSET = 1, HDEL = 1, SET = 1, XTRIM = 1, ZADD = 1, ZREMRANGEBYSCORE = 1 }
local redis = { call = function(command, ...)
  calls = calls + 1
  if calls == ${failAt} then error('injected ' .. tostring(has_written) .. ' ' .. command) end
  if writes[command] then has_written = true end
  return real_call(command, ...)
end }`
}
