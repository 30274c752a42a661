import { createIdentity, type Principal, type RateLimits, refused } from '@quarterdeck/api'
import type { ControlPlane } from '@quarterdeck/control-plane'
import { clusterError, limits } from '@quarterdeck/domain'
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

/** `/ws`: programs with an API token in the connection parameters, and our own pages with their cookie. */
export function createClientSockets({ controlPlane, platform, rates, cookie }: ClientSocketsParts): TrpcSockets {
  return createTrpcSockets({
    path: '/ws',
    isForPages: true,
    platform,
    messageBytesMax: limits.requestBytesMax,
    // A page drops load frames long before this; see `cluster.stream`.
    bufferBytesMax: limits.agentBufferBytesMax,
    async contextOf({ request, connectionParams: { token = null } }) {
      const proof = { secrets: sessionSecrets(request.headers.cookie, cookie), apiToken: token }
      const identity = createIdentity(platform.clock, (): Promise<Principal> => findPrincipal(controlPlane, proof))
      if ((await identity.current()).kind === 'nobody') {
        throw refused(
          token === null
            ? clusterError('not_signed_in', 'You are not signed in, or your session has ended.', {
                remedy: 'Sign in, or send an API token.',
              })
            : clusterError('bad_token', 'The API token is not accepted: it is unknown, expired or revoked.', {
                remedy: 'Create a new one in Settings.',
              }),
        )
      }
      return { controlPlane, rates, identity }
    },
  })
}
