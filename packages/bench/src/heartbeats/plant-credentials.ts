import { createHash } from 'node:crypto'
import { limits, type NodeCredential, nodeIdSchema, unixMsSchema } from '@quarterdeck/domain'
import { nodePlatform } from '@quarterdeck/platform/node'
import { redisStore } from '@quarterdeck/store-redis'

export type Credential = { readonly nodeId: string; readonly secret: string }

/**
 * Gives nodes their identity straight in the store. Ten thousand joins by token would be measured by nobody and would take longer than the
 * bench: joining is slow on purpose.
 */
export async function plantCredentials(redisUrl: string, count: number): Promise<readonly Credential[]> {
  const platform = nodePlatform({ logLevel: 'error', component: 'bench' })
  const store = redisStore({ url: redisUrl, cluster: 'quarterdeck', platform })
  try {
    const { historyId } = await store.hello()
    const nowMs = unixMsSchema.parse(Date.now())
    const planted = Array.from({ length: count }, (_, index) => ({
      nodeId: `played-${index}`,
      secret: `secret-of-${index}`,
    }))
    for (let from = 0; from < count; from += limits.commitChangesMax) {
      const changes = planted.slice(from, from + limits.commitChangesMax).map(({ nodeId, secret }) => {
        const credential: NodeCredential = {
          v: 1,
          id: nodeIdSchema.parse(nodeId),
          secretHash: createHash('sha256').update(secret, 'utf8').digest('hex'),
          createdAtMs: nowMs,
          revoked: false,
          granted: { labels: {}, labelsAreWhole: false, zone: null },
        }
        return { op: 'put', kind: 'node-credential', id: nodeId, expect: 0, text: JSON.stringify(credential) } as const
      })
      const [reply] = await store.commit([{ historyId, changes, meta: { atMs: nowMs, actor: 'bench', events: [] } }])
      if (reply?.status !== 'committed') throw new Error(`the credentials were not stored: ${JSON.stringify(reply)}`)
    }
    return planted
  } finally {
    await store.close()
  }
}
