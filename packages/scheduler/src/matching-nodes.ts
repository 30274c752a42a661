import type { NodeId } from '@quarterdeck/domain'
import type { ClusterSnapshot } from './cluster-snapshot.ts'
import type { Filter } from './filter.ts'
import { breaker } from './filters/breaker.ts'
import { bulkhead } from './filters/bulkhead.ts'
import { filters } from './filters/registry.ts'
import { spreadOver } from './filters/spread-over.ts'
import { taskAffinity } from './filters/task-affinity.ts'
import type { Pending, PlanContext } from './plan-types.ts'
import { requestOf } from './request.ts'

export type MatchingNodes = {
  /** By name. */
  readonly nodeIds: readonly NodeId[]
  readonly leftOut: readonly { readonly because: string; readonly count: number }[]
}

/** They ask what other tasks do at this moment, which passes; what waits for that waits on its node. */
const passing: ReadonlySet<string> = new Set([breaker.name, bulkhead.name, taskAffinity.name, spreadOver.name])

/**
 * Every node that may run the task: where a broadcast goes, and where a system service has its replicas. A node that is full matches,
 * its share of the work waits there; one that would be too small even when empty does not.
 */
export function matchingNodes(snapshot: ClusterSnapshot, pending: Pending, context: PlanContext): MatchingNodes {
  const request = requestOf(pending, context, snapshot)
  const all: readonly Filter[] = filters
  const asked = all.filter((filter) => !passing.has(filter.name) && filter.reach(request) !== 'nothing')
  const empty = snapshot.accounts.emptied()
  const nodeIds: NodeId[] = []
  const counts = new Map<string, number>()
  for (const entry of snapshot.entries()) {
    let because: string | null = null
    for (const filter of asked) because ??= filter.reject(request, entry, empty)
    if (because === null) nodeIds.push(entry.node.id)
    else counts.set(because, (counts.get(because) ?? 0) + 1)
  }
  return {
    nodeIds: nodeIds.sort(),
    leftOut: [...counts].map(([because, count]) => ({ because, count })),
  }
}
