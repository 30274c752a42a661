import { defaultSettings, limits, unixMsSchema } from '@quarterdeck/domain'
import { nodePlatform } from '@quarterdeck/platform/node'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ReadCache } from '../cache/contract.ts'
import { readCache } from '../cache/read-cache.ts'
import { type Committer, committer } from '../commit/committer.ts'
import type { Change, Store } from '../contract.ts'
import { HISTORY_JUMP } from '../history-jump.ts'
import { beginHistory, createMemoryServer, type MemoryServer, openMemoryStore } from '../memory/index.ts'
import { retainHistory } from './retain-history.ts'
import { takeSnapshot } from './snapshot-text.ts'
import { stateAt } from './state-at.ts'

const platform = nodePlatform({ logLevel: 'silent', component: 'test' })
const meta = { atMs: unixMsSchema.parse(1), actor: 'test', events: [] }

describe('the past', () => {
  let server: MemoryServer
  let store: Store
  let cache: ReadCache
  let writer: Committer

  beforeEach(async () => {
    server = createMemoryServer(platform)
    store = openMemoryStore(server, platform)
    cache = readCache({ store, platform })
    await cache.start()
    writer = committer({ store, platform, cache })
  })
  afterEach(() => cache.stop())

  const rename = async (clusterName: string) => {
    await writer.commit({ changes: [setting(clusterName)], meta })
  }
  const nameAt = async (revision: number) => {
    const past = await stateAt(store, revision)
    if (past.status !== 'rebuilt') return past
    const settings = past.objects.get('settings')?.get('cluster')
    return settings?.kind === 'settings' ? settings.value.clusterName : undefined
  }

  it('is rebuilt exactly at every revision, with and without snapshots', async () => {
    for (let i = 1; i <= 8; i++) {
      await rename(`name ${i}`)
      if (i % 3 === 0) await takeSnapshot(cache, { store, platform })
    }
    await writer.commit({ changes: [{ op: 'delete', kind: 'settings', id: 'cluster', expect: 'any' }], meta })
    expect(await store.listSnapshots()).toEqual([3, 6])
    for (let i = 1; i <= 8; i++) expect(await nameAt(i)).toBe(`name ${i}`)
    expect(await nameAt(9)).toBeUndefined()
    expect(await nameAt(0)).toBeUndefined()
  })

  it('reaches from one history into the next', async () => {
    await rename('old')
    beginHistory(server)
    await cache.fresh()
    await rename('new')
    expect(await nameAt(1)).toBe('old')
    expect(await nameAt(HISTORY_JUMP)).toBe('old')
    expect(await nameAt(HISTORY_JUMP + 2)).toBe('new')
  })

  it('says what is gone and what is yet to come', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await rename(name)
    await takeSnapshot(cache, { store, platform })
    await store.trimFeed(3)
    expect(await nameAt(2)).toEqual({ status: 'gone', oldestRevision: 4 })
    expect(await nameAt(4)).toBe('d')
    expect(await nameAt(5)).toEqual({ status: 'future', headRevision: 4 })
  })

  it('is not taken while an own write has run ahead of the feed', async () => {
    await rename('a')
    cache.applyCommitted({ historyId: cache.historyId, revision: 9, meta, changes: [] })
    expect(await takeSnapshot(cache, { store, platform })).toBeNull()
    expect(await store.listSnapshots()).toEqual([])
  })

  it('is kept within its limits: a snapshot first, then what is old and too much goes', async () => {
    await rename('one')
    await retainHistory({ store, cache, platform })
    expect(await store.listSnapshots()).toEqual([1])

    // Entries of long ago, more than are kept.
    const { feed } = server.state
    for (let revision = 2; revision <= limits.feedEntriesKept + 100; revision++)
      feed.push({ revision, meta, changes: [] })
    server.state.revision = limits.feedEntriesKept + 100
    await vi.waitUntil(() => cache.revision === server.state.revision, { timeout: 60_000 })
    await retainHistory({ store, cache, platform })
    expect(await store.feedLength()).toBe(limits.feedEntriesKept)
    expect(await store.listSnapshots()).toEqual([server.state.revision])
  })
})

function setting(clusterName: string): Change {
  const text = JSON.stringify({ ...defaultSettings, clusterName })
  return { op: 'put', kind: 'settings', id: 'cluster', expect: 'any', text }
}
