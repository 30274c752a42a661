import { createControlPlane, type RunningControlPlane } from '@quarterdeck/control-plane'
import { type ControllerId, defaultTimings, type Incarnation } from '@quarterdeck/domain'
import type { Platform } from '@quarterdeck/platform'
import type { Store } from '@quarterdeck/store'
import { noPasswords, simCrypto } from './sim-crypto.ts'

/** The production control plane, with the product's own timings. */
export function assembleControlPlane(parts: {
  readonly platform: Platform
  readonly store: Store
  readonly identity: { readonly id: ControllerId; readonly url: string; readonly incarnation: Incarnation }
}): RunningControlPlane {
  const { platform, store, identity } = parts
  return createControlPlane({
    platform,
    store,
    timings: defaultTimings,
    identity: { ...identity, version: '0.0.0', nodeId: null },
    options: {
      crypto: simCrypto(platform.random),
      hasher: noPasswords,
      peerLogs: async function* () {},
      callWebhook: () => Promise.reject(new Error('there is no network here')),
      controllerEnvForNode: () => ({}),
      memoryBytes: () => null,
    },
  })
}
