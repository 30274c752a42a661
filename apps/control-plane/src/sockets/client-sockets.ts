import { createIdentity, type Principal, type RateLimits } from '@quarterdeck/api'
import type { ControlPlane } from '@quarterdeck/control-plane'
import { limits } from '@quarterdeck/domain'
import type { Platform } from '@quarterdeck/platform'
import { type CookieNaming, sessionSecrets } from '../http/session-cookie.ts'
import { findPrincipal } from '../principal.ts'
import { createTrpcSockets, type TrpcSockets } from './trpc-sockets.ts'

export type ClientSocketsParts = {
  readonly controlPlane: ControlPlane
  readonly platform: Platform
  readonly rates: RateLimits
  readonly cookie: CookieNaming
}

/** Long enough to read why. */
const STRANGER_STAYS_MS = 2_000

/** `/ws`: programs with an API token in the connection parameters, and our own pages with their cookie. */
export function createClientSockets({ controlPlane, platform, rates, cookie }: ClientSocketsParts): TrpcSockets {
  return createTrpcSockets({
    path: '/ws',
    isForPages: true,
    platform,
    messageBytesMax: limits.requestBytesMax,
    // A page drops load frames long before this; see `cluster.stream`.
    bufferBytesMax: limits.agentBufferBytesMax,
    async contextOf({ request, socket, connectionParams: { token = null } }) {
      const proof = { secrets: sessionSecrets(request.headers.cookie, cookie), apiToken: token }
      const identity = createIdentity(platform.clock, (): Promise<Principal> => findPrincipal(controlPlane, proof))
      // A stranger gets a refusal for each call, which every client can read, and not a socket that just closes.
      if ((await identity.current()).kind === 'nobody') {
        const timer = platform.timers.after(STRANGER_STAYS_MS, () => socket.close(4001, 'not signed in'))
        socket.once('close', () => timer.cancel())
      }
      return { controlPlane, rates, identity }
    },
  })
}
