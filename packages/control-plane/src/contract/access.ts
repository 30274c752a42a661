import type {
  ApiTokenView,
  ControllerId,
  JoinTokenView,
  Me,
  Outcome,
  Role,
  TokenId,
  UserId,
  UserView,
} from '@quarterdeck/domain'
import type { Caller, Stranger } from './caller.ts'

export type AccessService = {
  /** Whether the first admin is still to be made. */
  needsSetup(): boolean
  /**
   * Makes the one-time sign-in link's token; null when there is a user, or (without `replace`) when a peer made a token that still holds:
   * several controllers that start together must not take each other's link away. Only the process that starts calls it.
   */
  issueSetupToken(input: { readonly replace: boolean }): Promise<Outcome<string | null>>
  /** Trades the one-time token for the first admin, and signs in. */
  setUp(input: { token: string; userId: string; password: string }, from: Stranger): Promise<Outcome<SignedIn>>
  signIn(input: { userId: string; password: string }, from: Stranger): Promise<Outcome<SignedIn>>
  signOut(sessionSecret: string): Promise<Outcome<null>>
  /** Who a cookie's secret, or an API token `qdt_…`, belongs to; null when nobody. Refreshes the idle time at most once a minute. */
  authenticate(credential: { readonly sessionSecret?: string; readonly apiToken?: string }): Promise<Me | null>
  changeOwnPassword(input: { current: string; next: string }, caller: Caller): Promise<Outcome<null>>

  /** One ticket per live peer, single use, 5 minutes. */
  issueTickets(
    sessionSecret: string,
  ): Promise<Outcome<readonly { readonly controllerId: ControllerId; readonly url: string; readonly ticket: string }[]>>
  /** Called at the peer: sets a new cookie secret for the same session. */
  redeemTicket(ticket: string, from: Stranger): Promise<Outcome<SignedIn>>

  listUsers(): readonly UserView[]
  createUser(input: { id: UserId; role: Role; password: string }, caller: Caller): Promise<Outcome<UserView>>
  updateUser(
    input: { id: UserId; role?: Role; disabled?: boolean; password?: string },
    caller: Caller,
  ): Promise<Outcome<UserView>>
  removeUser(input: { id: UserId }, caller: Caller): Promise<Outcome<null>>

  listJoinTokens(): readonly JoinTokenView[]
  /** The secret is in the reply and never again. */
  createJoinToken(
    input: { usesMax: number; ttlMs: number; labels: Record<string, string>; zone: string | null },
    caller: Caller,
  ): Promise<Outcome<{ readonly token: string; readonly view: JoinTokenView }>>
  revokeJoinToken(input: { id: TokenId }, caller: Caller): Promise<Outcome<null>>

  listApiTokens(): readonly ApiTokenView[]
  createApiToken(
    input: { name: string; role: Role; ttlMs: number | null },
    caller: Caller,
  ): Promise<Outcome<{ readonly token: string; readonly view: ApiTokenView }>>
  revokeApiToken(input: { id: TokenId }, caller: Caller): Promise<Outcome<null>>
}

export type SignedIn = { readonly sessionSecret: string; readonly me: Me; readonly expiresAtMs: number }
