import type { ControllerId } from '@quarterdeck/domain'

/**
 * Place of a controller in the order in which candidates try, 0 = first. Rendezvous hashing: every controller computes the same order
 * without asking, and another epoch gives another order, so that no controller is always first.
 */
export function rankOf(self: ControllerId, live: readonly ControllerId[], epoch: number): number {
  const own = weight(self, epoch)
  return live.filter((id) => id !== self && outranks(weight(id, epoch), id, own, self)).length
}

function outranks(left: number, leftId: string, right: number, rightId: string): boolean {
  return left > right || (left === right && leftId < rightId)
}

/** FNV-1a, 32 bit, with a final mix so that ids that differ in one letter land far apart. */
function weight(id: string, epoch: number): number {
  let hash = 0x811c9dc5
  for (const char of `${id}/${epoch}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
