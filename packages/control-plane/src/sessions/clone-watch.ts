import type { Node, NodeId } from '@quarterdeck/domain'
import type { Clock } from '@quarterdeck/platform'

const WINDOW_MS = 60_000
/** A machine that reboots changes its boot id once; two machines that push each other out change it all the time. */
const CHANGES_ALLOWED = 3

/**
 * Notices that two machines use one identity: each registration of one ends the session of the other. Fed from the feed, so that it
 * sees both even when they are connected to different controllers.
 */
export type CloneWatch = {
  observe(before: Node, after: Node): void
  /** Whether one more session from a machine with this boot id would be one too many. */
  isCloned(node: Node, bootId: string): boolean
  forget(nodeId: NodeId): void
}

export function createCloneWatch(clock: Clock): CloneWatch {
  const changesAtMs = new Map<NodeId, number[]>()

  function recent(nodeId: NodeId): number[] {
    const sinceMs = clock.monotonicMs() - WINDOW_MS
    return (changesAtMs.get(nodeId) ?? []).filter((atMs) => atMs > sinceMs)
  }

  return {
    observe(before, after) {
      const superseded = before.session !== null && after.session !== null && before.session.id !== after.session.id
      if (!superseded || before.facts.bootId === after.facts.bootId) return
      changesAtMs.set(after.id, [...recent(after.id), clock.monotonicMs()])
    },
    isCloned: (node, bootId) =>
      node.facts.bootId !== bootId && node.session !== null && recent(node.id).length >= CHANGES_ALLOWED,
    forget: (nodeId) => {
      changesAtMs.delete(nodeId)
    },
  }
}
