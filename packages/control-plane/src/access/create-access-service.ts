import type { AccessService } from '../contract.ts'
import type { Core } from '../core.ts'
import type { Crypto, PasswordHasher } from '../crypto.ts'
import { sessionService } from './sessions.ts'
import { tokenService } from './tokens.ts'
import { userService } from './users.ts'

/** Users, sessions and tokens: who may come in. What each may do is the procedure builder's part, in the API. */
export function createAccessService(
  core: Core,
  deps: { readonly crypto: Crypto; readonly hasher: PasswordHasher },
): AccessService {
  const sessions = sessionService(core, deps)
  const { authenticate: authenticateToken, ...tokens } = tokenService(core, deps)
  const users = userService(core, deps)
  return {
    ...users,
    ...tokens,
    signOut: sessions.signOut,
    issueTickets: sessions.issueTickets,
    redeemTicket: sessions.redeemTicket,
    async authenticate({ sessionSecret, apiToken }) {
      if (apiToken !== undefined) return authenticateToken(apiToken)
      return sessionSecret === undefined ? null : sessions.authenticate(sessionSecret)
    },
  }
}
