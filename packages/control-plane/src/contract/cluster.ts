import type {
  AsOf,
  AutomaticRebalance,
  ClusterSummary,
  Me,
  OperationId,
  Outcome,
  PlanId,
  RebalancePlan,
  Settings,
  StreamFrame,
  StreamTopic,
  Survivability,
} from '@quarterdeck/domain'
import type { Caller } from './caller.ts'

export type ClusterService = {
  summary(): AsOf<ClusterSummary>
  /** Which single node or zone can be lost, computed in the background; null until the first round is through. */
  survivability(): Survivability | null
  /** The fewest moves that would even the cluster out now; changes nothing. */
  rebalanceAdvice(): RebalancePlan
  /** Carries out the advice with this id; `plan_outdated` when the advice is another one by now. */
  rebalance(
    input: { planId: PlanId; reason: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly operationId: OperationId }>>
  settings(): Settings
  updateSettings(
    input: { strategy?: string; clusterName?: string; rebalance?: AutomaticRebalance | null },
    caller: Caller,
  ): Promise<Outcome<null>>
  strategies(): readonly { readonly name: string; readonly summary: string }[]
  /** The live stream of one page. `buffered` tells how many bytes wait in its socket, so that load frames can be dropped. */
  stream(
    input: { topics: readonly StreamTopic[]; lastEventId?: string; me: Me; buffered: () => number },
    signal: AbortSignal,
  ): AsyncIterable<{ readonly cursor: string; readonly frame: StreamFrame }>
}
