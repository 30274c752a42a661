import type { Node, NodeId, Room } from '@quarterdeck/domain'

/** What one node has left of its capacity. */
export type NodeRoom = {
  readonly node: Pick<Node, 'id' | 'health' | 'scheduling' | 'quarantined'>
  readonly cpuMillisFree: number
  readonly memoryBytesFree: number
  readonly taskSlotsFree: number
}

/** What is free on the nodes that take new work, without some of them. An overbooked node has nothing free; it takes nothing away. */
export function roomOf(nodes: Iterable<NodeRoom>, without: ReadonlySet<NodeId> = new Set()): Room {
  const room = {
    nodes: 0,
    cpuMillisFree: 0,
    memoryBytesFree: 0,
    taskSlotsFree: 0,
    cpuMillisLargest: 0,
    memoryBytesLargest: 0,
  }
  for (const { node, cpuMillisFree, memoryBytesFree, taskSlotsFree } of nodes) {
    const isOpen = node.health === 'ready' && node.scheduling === 'open' && node.quarantined === null
    if (!isOpen || without.has(node.id)) continue
    room.nodes += 1
    room.cpuMillisFree += Math.max(0, cpuMillisFree)
    room.memoryBytesFree += Math.max(0, memoryBytesFree)
    room.taskSlotsFree += Math.max(0, taskSlotsFree)
    if (taskSlotsFree < 1) continue
    room.cpuMillisLargest = Math.max(room.cpuMillisLargest, cpuMillisFree)
    room.memoryBytesLargest = Math.max(room.memoryBytesLargest, memoryBytesFree)
  }
  return room
}
