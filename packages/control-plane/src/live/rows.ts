import { type Node, type NodeRow, primaryStatus, type Stored, type Task, type TaskRow } from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import type { Slots } from './slots.ts'

/** A node as every surface shows it. */
export function nodeRow(core: Core, slots: Slots, node: Node): NodeRow {
  const reserved = core.tasks.reserved(node.id)
  const { v: _, incarnation: __, session, ...shown } = node
  return {
    ...shown,
    session: session && { controllerId: session.controllerId, sinceMs: session.sinceMs },
    slot: slots.of(node.id),
    status: primaryStatus(node, { vouched: isVouched(core) }),
    role: nodeRole(core, node),
    tasksPlaced: reserved.tasks,
    cpuMillisReserved: reserved.cpuMillis,
    memoryBytesReserved: reserved.memoryBytes,
    downAtMs: downAtMs(core, node),
  }
}

/**
 * Whether somebody answers for the health that is stored: a leader looks at the nodes, and this controller's view is not old. Short
 * gaps (a takeover) do not turn every node to unknown.
 */
export function isVouched(core: Core): boolean {
  const nowMs = core.platform.clock.unixMs()
  const leaderlessSinceMs = core.leadership.leaderlessSinceMs()
  const leaderless = leaderlessSinceMs !== null && nowMs - leaderlessSinceMs > core.timings.downAfterMs
  return !leaderless && core.cache.asOf().behindMs <= core.timings.downAfterMs
}

function nodeRole(core: Core, node: Node): NodeRow['role'] {
  const leaderId = core.leadership.leader()?.controllerId
  let role: NodeRow['role'] = 'worker'
  for (const { value } of core.cache.all('controller').values()) {
    if (value.nodeId !== node.id || value.state !== 'live') continue
    if (value.id === leaderId) return 'leader'
    role = 'standby'
  }
  return role
}

function downAtMs(core: Core, node: Node): number | null {
  const last = node.evidence[0]
  if (node.health !== 'suspect' || !last) return null
  return last.atMs - last.silenceMs + core.timings.downAfterMs * last.localHealth
}

export function taskRow(stored: Stored<'task'>): TaskRow {
  const { v: _, attempts: __, avoid: ___, ...row } = stored.value as Task
  return { ...row, revision: stored.revision }
}
