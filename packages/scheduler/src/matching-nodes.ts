import type { NodeId } from '@quarterdeck/domain'
import type { ClusterSnapshot } from './cluster-snapshot.ts'
import { filters } from './filters/registry.ts'
import type { Pending, PlanContext } from './plan-types.ts'
import { requestOf } from './request.ts'

export type MatchingNodes = {
  /** By name. */
  readonly nodeIds: readonly NodeId[]
  readonly leftOut: readonly { readonly because: string; readonly count: number }[]
}

/** Every node that may run the task, whether it has room at this moment or not: where a broadcast goes. */
export function matchingNodes(snapshot: ClusterSnapshot, pending: Pending, context: PlanContext): MatchingNodes {
  const request = requestOf(pending, context, snapshot)
  // A full node is one that matches: its share of the work waits there.
  const asked = filters.filter(({ name }) => name !== 'resources')
  const nodeIds: NodeId[] = []
  const counts = new Map<string, number>()
  for (const entry of snapshot.entries()) {
    let because: string | null = null
    for (const filter of asked) because ??= filter.reject(request, entry, snapshot.accounts)
    if (because === null) nodeIds.push(entry.node.id)
    else counts.set(because, (counts.get(because) ?? 0) + 1)
  }
  return {
    nodeIds: nodeIds.sort(),
    leftOut: [...counts].map(([because, count]) => ({ because, count })),
  }
}
