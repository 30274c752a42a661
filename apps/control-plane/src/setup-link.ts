import { renewSetupLink } from '@quarterdeck/control-plane'
import { nodePlatform } from '@quarterdeck/platform/node'
import { redisStore } from '@quarterdeck/store-redis'
import { nodeCrypto } from './node-crypto.ts'
import { readSettings } from './settings.ts'

/** Makes a new link for the first admin, from the settings of a controller on this host; null when there are users. */
export async function issueSetupLink(env: Readonly<Record<string, string | undefined>>): Promise<string | null> {
  const { redisUrl, cluster, acceptsDataLoss } = readSettings(env, { controllerId: 'setup-link' })
  const platform = nodePlatform({ logLevel: 'silent', component: 'setup-link' })
  const store = redisStore({ url: redisUrl, cluster, platform, acceptDataLoss: acceptsDataLoss })
  try {
    const renewed = await renewSetupLink({ platform, store, crypto: nodeCrypto })
    if (!renewed.ok) throw new Error(`${renewed.error.message} ${renewed.error.remedy ?? ''}`.trim())
    return renewed.value && `${renewed.value.url}/setup#${renewed.value.token}`
  } finally {
    await store.close()
  }
}
