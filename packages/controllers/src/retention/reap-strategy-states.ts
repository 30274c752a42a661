import type { NodeId, StrategyState } from '@quarterdeck/domain'
import type { Deletion } from './deletion.ts'

/** What strategies remember of nodes that are no more. Their other records, one per strategy, stay. */
export function reapStrategyStates(states: Iterable<StrategyState>, isNode: (id: NodeId) => boolean): Deletion[] {
  const deletions: Deletion[] = []
  for (const { id, nodeId } of states) {
    if (id.includes('.') && nodeId !== null && !isNode(nodeId)) deletions.push({ kind: 'strategy-state', id })
  }
  return deletions
}
