import type { Assignment, Fence, HeldAttempt, Report } from '@quarterdeck/domain/wire'
import type { AttemptRef } from '../attempt.ts'
import type { HostAbilities, RoleOrder, StopOrder } from '../host.ts'

/** From the agent to its keeper. */
export type ToKeeper =
  | { readonly kind: 'hello'; readonly nodeId: string }
  | { readonly kind: 'run'; readonly assignment: Assignment }
  | { readonly kind: 'stop'; readonly order: StopOrder }
  | { readonly kind: 'settle'; readonly refs: readonly AttemptRef[] }
  /** `sentAtMs` on the machine's monotonic clock, which both processes share. */
  | { readonly kind: 'confirm'; readonly sentAtMs: number; readonly stopAfterMs: number }
  | { readonly kind: 'role'; readonly order: RoleOrder }

/** From the keeper to the agent. The first is `hello`, with everything that is held. */
export type FromKeeper =
  | {
      readonly kind: 'hello'
      readonly held: readonly HeldAttempt[]
      readonly fences: readonly Fence[]
      readonly abilities: HostAbilities
    }
  | { readonly kind: 'report'; readonly report: Report }
  /** The node leaves on purpose: deliver what waits, say goodbye, end. */
  | { readonly kind: 'leave' }
