import type { AsOf, Outcome, PoolPolicy, PoolView } from '@quarterdeck/domain'
import type { Caller } from './caller.ts'

export type PoolsService = {
  /** Every pool that has nodes, waiting tasks or autoscaling, by name. */
  list(): AsOf<readonly PoolView[]>
  /**
   * Lets the pool grow and shrink through a provider. Without `secret` the one that it has is kept; the first needs one. A request that
   * is under way goes on.
   */
  setScaler(input: { policy: PoolPolicy; secret?: string; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Switches that off. A request that is under way is followed no longer. */
  removeScaler(input: { pool: string; reason: string }, caller: Caller): Promise<Outcome<null>>
}
