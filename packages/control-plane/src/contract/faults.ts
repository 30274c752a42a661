import type { AsOf, Breaker, CordonSuggestion, NodeId, Outcome } from '@quarterdeck/domain'
import type { Caller } from './caller.ts'

export type FaultsService = {
  /** Breakers that are open or half-open, and those that closed of late; newest change first. */
  breakers(): AsOf<readonly Breaker[]>
  /** Closes a breaker by hand, as if its probes had succeeded. `breaker_not_found` when there is none, `wrong_state` when it is closed. */
  closeBreaker(input: { job: string; nodeId: NodeId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Nodes that an operator may want to cordon because several jobs fail there; worst first. Never done by itself. */
  cordonSuggestions(): AsOf<readonly CordonSuggestion[]>
  /** Whether background retries wait, and how many there are. */
  failback(): AsOf<{ readonly paused: boolean; readonly waiting: number }>
  setFailbackPaused(input: { paused: boolean; reason: string }, caller: Caller): Promise<Outcome<null>>
}
