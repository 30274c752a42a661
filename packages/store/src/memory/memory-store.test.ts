import { nodePlatform } from '@quarterdeck/platform/node'
import { describeStore } from '../conformance/index.ts'
import { openMemoryStore } from './open-memory-store.ts'
import { beginHistory, createMemoryServer } from './server.ts'

const platform = nodePlatform({ logLevel: 'silent', component: 'test' })

describeStore('store in memory', async () => {
  const server = createMemoryServer(platform)
  const clients = [openMemoryStore(server, platform), openMemoryStore(server, platform)] as const
  return {
    clients,
    beginHistory: async () => beginHistory(server),
    async close() {
      for (const client of clients) await client.close()
    },
  }
})
