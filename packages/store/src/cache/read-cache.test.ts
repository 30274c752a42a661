import { defaultSettings, type Settings, type UserSession, unixMsSchema } from '@quarterdeck/domain'
import { nodePlatform } from '@quarterdeck/platform/node'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { committer } from '../commit/committer.ts'
import { type Change, StoreAway } from '../contract.ts'
import {
  beginHistory,
  cloneState,
  createMemoryServer,
  emptyState,
  type Gate,
  openMemoryStore,
} from '../memory/index.ts'
import type { CacheChange } from './contract.ts'
import { type ReadCacheOptions, readCache } from './read-cache.ts'

const platform = nodePlatform({ logLevel: 'silent', component: 'test' })
const meta = { atMs: unixMsSchema.parse(1), actor: 'test', events: [] }

describe('readCache', () => {
  const stops: (() => void)[] = []
  afterEach(() => {
    for (const stop of stops.splice(0)) stop()
  })

  async function controller(
    server = createMemoryServer(platform),
    gate?: Gate,
    times: Pick<ReadCacheOptions, 'waitMs' | 'stallMs' | 'freshTimeoutMs'> = {},
  ) {
    const store = openMemoryStore(server, platform, gate ? { gate } : {})
    const cache = readCache({ store, platform, ...times })
    stops.push(() => cache.stop())
    const heard: CacheChange[] = []
    cache.subscribe((change) => heard.push(change))
    await cache.start()
    heard.splice(0)
    return { server, store, cache, heard, committer: committer({ store, platform, cache }) }
  }

  it('shows an own write the moment it is acknowledged, and tells of it once', async () => {
    const one = await controller()
    await one.committer.commit({ changes: [setting('own')], meta })
    expect(one.cache.get('settings', 'cluster')?.value.clusterName).toBe('own')
    await one.cache.fresh()
    expect(one.heard.map(({ kind }) => kind)).toEqual(['entry'])
  })

  it('follows what another controller writes, with what was there before', async () => {
    const one = await controller()
    const other = await controller(one.server)
    await one.committer.commit({ changes: [setting('first')], meta })
    await one.committer.commit({ changes: [setting('second')], meta })
    await one.committer.commit({ changes: [{ op: 'delete', kind: 'settings', id: 'cluster', expect: 'any' }], meta })
    await other.cache.fresh()
    expect(other.cache.get('settings', 'cluster')).toBeUndefined()
    const named = (clusterName: string) => ({ value: { clusterName } })
    expect(other.heard).toMatchObject([
      { revision: 1, changes: [{ op: 'put', after: named('first') }] },
      { revision: 2, changes: [{ op: 'put', before: named('first'), after: named('second') }] },
      { revision: 3, changes: [{ op: 'delete', before: named('second') }] },
    ])
  })

  it('loads what was there before it started', async () => {
    const one = await controller()
    await one.committer.commit({ changes: [setting('old')], meta })
    const late = await controller(one.server)
    expect(late.cache.complete).toBe(true)
    expect(late.cache.revision).toBe(1)
    expect(late.cache.all('settings').get('cluster')?.revision).toBe(1)
  })

  it('reads everything again when a new history begins', async () => {
    const one = await controller()
    await one.committer.commit({ changes: [setting('before')], meta })
    beginHistory(one.server)
    await one.cache.fresh()
    expect(one.cache.historyId).toBe(one.server.state.historyId)
    expect(one.heard.at(-1)).toEqual({ kind: 'reset' })
    expect(one.cache.get('settings', 'cluster')?.value.clusterName).toBe('before')
  })

  it('does not believe an empty store where there was a cluster, until that is back', async () => {
    const one = await controller()
    await one.committer.commit({ changes: [setting('kept')], meta })
    const backup = cloneState(one.server.state)
    one.server.state = emptyState()
    beginHistory(one.server)
    await vi.waitUntil(() => !one.cache.complete)
    expect(await one.committer.commit({ changes: [setting('written')], meta })).toMatchObject({ status: 'history' })
    expect(one.server.state.revision).toBe(0)
    expect(one.cache.get('settings', 'cluster')?.value.clusterName).toBe('kept')
    expect(one.heard.some(({ kind }) => kind === 'reset')).toBe(false)

    one.server.state = backup
    beginHistory(one.server)
    await vi.waitUntil(() => one.cache.complete, { timeout: 30_000 })
    expect(one.cache.get('settings', 'cluster')?.value.clusterName).toBe('kept')
  })

  it('reads everything again when it fell behind what the feed still has', async () => {
    let isCut = false
    const other = await controller(createMemoryServer(platform), async (call, act) => {
      if (isCut && call === 'readFeed') throw new StoreAway('cut')
      return act()
    })
    const one = await controller(other.server)
    isCut = true
    for (const name of ['a', 'b', 'c']) await one.committer.commit({ changes: [setting(name)], meta })
    await one.store.saveSnapshot(3, '')
    await one.store.trimFeed(3)
    isCut = false
    await other.cache.fresh()
    expect(other.cache.get('settings', 'cluster')?.value.clusterName).toBe('c')
    expect(other.heard.map(({ kind }) => kind)).toContain('reset')
  })

  it('gives up a read of the feed that never ends, and goes on', async () => {
    let isStuck = false
    let stuckReads = 0
    const gate: Gate = (call, act) => {
      if (!isStuck || call !== 'readFeed') return Promise.resolve().then(act)
      stuckReads += 1
      isStuck = false
      return new Promise(() => undefined)
    }
    const one = await controller(createMemoryServer(platform), gate, { waitMs: 10, stallMs: 50 })
    const other = await controller(one.server)
    isStuck = true
    await vi.waitUntil(() => stuckReads === 1)
    await other.committer.commit({ changes: [setting('later')], meta })
    await one.cache.fresh()
    expect(one.cache.get('settings', 'cluster')?.value.clusterName).toBe('later')
  })

  it('does not believe a feed that stays empty while the head moves on', async () => {
    let isDeaf = false
    const gate: Gate = async (call, act) => {
      const reply = act()
      // As a connection to a server that is no longer the store: it answers, and nothing ever comes.
      return isDeaf && call === 'readFeed' ? ({ status: 'entries', entries: [] } as typeof reply) : reply
    }
    const one = await controller(createMemoryServer(platform), gate, { waitMs: 10 })
    const other = await controller(one.server)
    isDeaf = true
    await other.committer.commit({ changes: [setting('unheard')], meta })
    await vi.waitUntil(() => one.heard.some(({ kind }) => kind === 'reset'))
    expect(one.cache.get('settings', 'cluster')?.value.clusterName).toBe('unheard')
  })

  it('says how old its answers are once the store is silent, and cannot be fresh then', async () => {
    let isAway = false
    const gate: Gate = async (_call, act) => {
      if (isAway) throw new StoreAway('away')
      return act()
    }
    const one = await controller(createMemoryServer(platform), gate, { waitMs: 10, stallMs: 10, freshTimeoutMs: 50 })
    expect(one.cache.asOf().behindMs).toBe(0)
    isAway = true
    await expect(one.cache.fresh()).rejects.toThrow(StoreAway)
    await vi.waitUntil(() => one.cache.asOf().behindMs > 20)
    expect(one.cache.complete).toBe(true)
    isAway = false
    await vi.waitUntil(() => one.cache.asOf().behindMs === 0)
  })

  it('leaves out an object that it cannot read, and keeps the rest', async () => {
    const one = await controller()
    const broken = [{ op: 'put', kind: 'task', id: 'odd', expect: 0, text: '{"v":99}' }] as const
    await one.committer.commit({ changes: [...broken, setting('fine')], meta })
    const late = await controller(one.server)
    for (const { cache } of [one, late]) {
      expect(cache.get('task', 'odd')).toBeUndefined()
      expect(cache.get('settings', 'cluster')).toBeDefined()
    }
  })

  it('goes on when a listener throws', async () => {
    const one = await controller()
    one.cache.subscribe(() => {
      throw new Error('a bug')
    })
    const after: CacheChange[] = []
    one.cache.subscribe((change) => after.push(change))
    await one.committer.commit({ changes: [setting('x')], meta })
    expect(after).toHaveLength(1)
  })

  it('tells two controllers who write over each other the same story, each change once', async () => {
    const step = fc.record({
      writer: fc.nat(1),
      id: fc.constantFrom('s1', 's2', 's3'),
      remove: fc.boolean(),
      pause: fc.nat(3),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.nat(), async (steps, seed) => {
        const delays = delaysOf(seed)
        const gate: Gate = async (_call, act) => {
          for (let turns = delays(); turns > 0; turns--) await turn()
          const reply = act()
          for (let turns = delays(); turns > 0; turns--) await turn()
          return reply
        }
        const server = createMemoryServer(platform)
        const pair = [await controller(server, gate), await controller(server, gate)] as const
        const mirrors = pair.map(({ cache }) => mirrorOf(cache))

        const writes: Promise<unknown>[] = []
        for (const [index, { writer, id, remove, pause }] of steps.entries()) {
          const change = remove ? removed(id) : session(id, `user-${index}`)
          writes.push((pair[writer === 0 ? 0 : 1] ?? pair[0]).committer.commit({ changes: [change], meta }))
          for (let turns = pause; turns > 0; turns--) await turn()
        }
        await Promise.all(writes)
        const stored = new Map([...(server.state.objects.get('user-session') ?? [])].map(([id, o]) => [id, o.revision]))
        for (const [index, { cache }] of pair.entries()) {
          await cache.fresh()
          await vi.waitUntil(() => cache.isExact)
          const seen = new Map([...cache.all('user-session')].map(([id, { revision }]) => [id, revision]))
          expect(seen).toEqual(stored)
          expect(mirrors[index]).toEqual({ revisions: stored, surprises: [] })
          cache.stop()
        }
      }),
      { numRuns: 60 },
    )
  })
})

function setting(clusterName: string): Change {
  const value: Settings = { ...defaultSettings, clusterName }
  return { op: 'put', kind: 'settings', id: 'cluster', expect: 'any', text: JSON.stringify(value) }
}

function session(id: string, userId: string): Change {
  const value: Pick<UserSession, 'v' | 'id'> & { readonly userId: string } = { v: 1, id, userId }
  return { op: 'put', kind: 'user-session', id, expect: 'any', text: JSON.stringify(value) }
}

function removed(id: string): Change {
  return { op: 'delete', kind: 'user-session', id, expect: 'any' }
}

/** What a listener knows that believes every change, and each change that does not follow from the one before. */
function mirrorOf(cache: { subscribe(listener: (change: CacheChange) => void): unknown }) {
  const revisions = new Map<string, number>()
  const told = new Set<number>()
  const surprises: string[] = []
  cache.subscribe((change) => {
    if (change.kind === 'reset') return
    if (told.has(change.revision)) surprises.push(`${change.revision} told twice`)
    told.add(change.revision)
    for (const { kind, id, before, after } of change.changes) {
      if (kind !== 'user-session') continue
      if (revisions.get(id) !== before?.revision) surprises.push(`${id} was not at ${before?.revision}`)
      if (after) revisions.set(id, after.revision)
      else revisions.delete(id)
    }
  })
  return { revisions, surprises }
}

function turn(): Promise<void> {
  return new Promise((resolve) => platform.timers.soon(resolve))
}

/** 0 to 2 turns of the loop, the same for the same seed. */
function delaysOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 16) % 3
  }
}
