import type { DrainPlan, NodeId, Resources, TaskId } from '@quarterdeck/domain'
import type { ClusterSnapshot, Pending, Placement } from '@quarterdeck/scheduler'

/** The receiver that ends up fullest by reservations; null when nothing moves. */
export function busiestReceiver(
  snapshot: ClusterSnapshot,
  movers: readonly Pending[],
  placementOf: ReadonlyMap<TaskId, Placement>,
): DrainPlan['busiest'] {
  const received = new Map<NodeId, Resources>()
  for (const { task } of movers) {
    const nodeId = placementOf.get(task.id)?.nodeId
    if (!nodeId) continue
    const { cpuMillis, memoryBytes } = received.get(nodeId) ?? { cpuMillis: 0, memoryBytes: 0 }
    received.set(nodeId, {
      cpuMillis: cpuMillis + task.resources.cpuMillis,
      memoryBytes: memoryBytes + task.resources.memoryBytes,
    })
  }
  let busiest: DrainPlan['busiest'] = null
  for (const [nodeId, resources] of received) {
    const after = snapshot.reservedShare(nodeId, resources) ?? 0
    if (!busiest || after > busiest.after) busiest = { nodeId, before: snapshot.reservedShare(nodeId) ?? 0, after }
  }
  return busiest
}
