import type { NodeId } from '@quarterdeck/domain'

/**
 * Small numbers for nodes, so that a load frame needs four bytes to name one. They hold for the life of this controller and are never
 * given to another node: a page that moves to another controller gets new ones with its snapshot.
 */
export type Slots = { of(nodeId: NodeId): number }

export function createSlots(): Slots {
  const slots = new Map<NodeId, number>()
  return {
    of(nodeId) {
      const known = slots.get(nodeId)
      if (known !== undefined) return known
      slots.set(nodeId, slots.size)
      return slots.size - 1
    },
  }
}
