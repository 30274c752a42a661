import type { Kind, Settings } from '@quarterdeck/domain'
import { defaultSettings, unixMsSchema } from '@quarterdeck/domain'
import { nodePlatform } from '@quarterdeck/platform/node'
import { afterEach, describe, expect, it } from 'vitest'
import { committer } from '../commit/committer.ts'
import type { Change } from '../contract.ts'
import { beginHistory, createMemoryServer, openMemoryStore } from '../memory/index.ts'
import { type CacheChange, readCache } from './read-cache.ts'

const platform = nodePlatform({ logLevel: 'silent', component: 'test' })
const meta = { atMs: unixMsSchema.parse(1), actor: 'test', events: [] }

function setting(clusterName: string): Change {
  const value: Settings = { ...defaultSettings, clusterName }
  return { op: 'put', kind: 'settings', id: 'cluster', expect: 'any', text: JSON.stringify(value) }
}

describe('readCache', () => {
  const stops: (() => void)[] = []
  afterEach(() => {
    for (const stop of stops.splice(0)) stop()
  })

  async function controller(server = createMemoryServer(platform)) {
    const store = openMemoryStore(server, platform)
    const cache = readCache({ store, platform })
    stops.push(() => cache.stop())
    await cache.start()
    const heard: CacheChange[] = []
    cache.subscribe((change) => heard.push(change))
    return { server, store, cache, heard, committer: committer({ store, platform, cache }) }
  }

  it('shows an own write the moment it is acknowledged, and tells of it once', async () => {
    const one = await controller()
    await one.committer.commit({ changes: [setting('own')], meta })
    expect(one.cache.get('settings', 'cluster')?.value.clusterName).toBe('own')
    await one.cache.fresh()
    expect(one.heard.map(({ kind }) => kind)).toEqual(['entry'])
  })

  it('follows what another controller writes', async () => {
    const one = await controller()
    const other = await controller(one.server)
    await one.committer.commit({ changes: [setting('theirs')], meta })
    await other.cache.fresh()
    expect(other.cache.get('settings', 'cluster')?.value.clusterName).toBe('theirs')
    expect(other.heard).toMatchObject([{ kind: 'entry', revision: 1, changes: [{ op: 'put', kind: 'settings' }] }])
  })

  it('reads everything again when a new history begins', async () => {
    const one = await controller()
    await one.committer.commit({ changes: [setting('before')], meta })
    beginHistory(one.server)
    await one.cache.fresh()
    expect(one.cache.historyId).toBe(one.server.state.historyId)
    expect(one.heard.at(-1)).toEqual({ kind: 'reset' })
    const kinds: readonly Kind[] = ['settings']
    expect(kinds.map((kind) => one.cache.all(kind).size)).toEqual([1])
  })
})
