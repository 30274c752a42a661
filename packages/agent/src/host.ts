import type { MonotonicMs, NodeFacts } from '@quarterdeck/domain'
import type { Assignment, Fence, HeldAttempt, Report } from '@quarterdeck/domain/wire'
import type { AttemptRef } from './attempt.ts'

/**
 * What the agent asks of the process that runs its attempts. In production that is the keeper, over a pipe, because it must outlive the
 * agent; in the simulator it is the `Runner` itself. Every order may be repeated: a second one changes nothing.
 */
export type AttemptHost = {
  /** Attempts that are alive, or ended and not acknowledged. */
  held(): readonly HeldAttempt[]
  /** Highest leadership record seen per shard. */
  fences(): readonly Fence[]
  abilities(): HostAbilities
  run(assignment: Assignment): void
  stop(order: StopOrder): void
  /** The reports on these are stored by the cluster: they are kept 10 minutes more and then deleted. */
  settle(refs: readonly AttemptRef[]): void
  /** A controller answered a beat that was sent at `sentAtMs`: exclusive attempts may go on for `stopAfterMs` from then. */
  confirm(confirmation: Confirmation): void
  setRole(order: RoleOrder): void
  /** Calls `listener` with the latest report on everything that is not settled, then with each new one. Ends with the returned call. */
  observe(listener: (report: Report) => void): () => void
}

export type HostAbilities = Pick<NodeFacts, 'drivers' | 'handlers' | 'isolation'>
export type StopOrder = {
  readonly ref: AttemptRef
  readonly graceMs: number
  /** One sentence, for the report. */
  readonly because: string
  /** Who orders it; absent when nobody but this node decided. An order of a deposed leader is ignored. */
  readonly fence?: Fence
}
export type Confirmation = { readonly sentAtMs: MonotonicMs; readonly stopAfterMs: number }
export type RoleOrder = { readonly role: 'worker' | 'standby'; readonly env: Readonly<Record<string, string>> }
