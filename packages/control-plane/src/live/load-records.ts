import type { NodeId, NodeLoad } from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import type { Slots } from './slots.ts'

/** The load lane's records of some nodes. */
export function loadRecords(core: Core, slots: Slots, nodeIds: readonly NodeId[]): NodeLoad[] {
  const nowMs = core.platform.clock.monotonicMs()
  const share = (used: number | null, total: number | null) => (used === null || !total ? 0 : used / total)
  return nodeIds.flatMap((nodeId) => {
    const pulse = core.loads.get(nodeId)
    if (!pulse) return []
    const { load } = pulse
    return {
      slot: slots.of(nodeId),
      cpuShare: load.cpuShare,
      memoryShare: share(load.memoryBytesUsed, load.memoryBytesTotal),
      diskShare: share(load.diskBytesUsed, load.diskBytesTotal),
      networkBytesPerSecond: (load.networkReceivedBytesPerSecond ?? 0) + (load.networkSentBytesPerSecond ?? 0),
      loadAverage1: load.loadAverage[0],
      tasksRunning: load.tasksRunning,
      beatAgeMs: nowMs - pulse.heardAtMs,
    }
  })
}
