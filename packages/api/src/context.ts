import type { ControlPlane, SignedIn } from '@quarterdeck/control-plane'
import type { Platform } from '@quarterdeck/platform'
import type { Identity } from './identity.ts'
import type { RateLimits } from './rate-limits.ts'

/** What every call of the API comes with: one per HTTP request, one per socket. */
export type Context = {
  readonly controlPlane: ControlPlane
  readonly platform: Pick<Platform, 'clock' | 'timers' | 'log'>
  readonly identity: Identity
  readonly rates: RateLimits
  /** Network address of the caller, without port. */
  readonly address: string
  readonly userAgent: string
  readonly requestId: string
  /** Sets and clears the session cookie; null where the answer cannot carry one (sockets). */
  readonly door: SessionDoor | null
  /** Bytes that wait in the caller's socket: a slow reader loses load frames first. */
  readonly bytesBuffered: () => number
}

export type SessionDoor = {
  open(signedIn: SignedIn): void
  close(): void
}
