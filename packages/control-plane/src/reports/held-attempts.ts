import { reconcileHeld } from '@quarterdeck/controllers'
import type { NodeId } from '@quarterdeck/domain'
import type { HeldAttempt } from '@quarterdeck/domain/wire'
import type { Core } from '../core.ts'
import type { TaskChanges } from '../work-loops/task-changes.ts'

/** Brings tasks in line with what a node's agent says it holds, when it registers. */
export async function reconcileHeldAttempts(
  core: Core,
  changes: TaskChanges,
  nodeId: NodeId,
  held: readonly HeldAttempt[],
): Promise<void> {
  const placedHere = [...core.tasks.onNode(nodeId)].flatMap((id) => core.cache.get('task', id)?.value ?? [])
  const decided = reconcileHeld({
    nodeId,
    held,
    placedHere,
    taskOf: (id) => core.cache.get('task', id)?.value,
    specOf: (id) => core.cache.get('task-spec', id)?.value,
    nowMs: core.platform.clock.unixMs(),
    random: core.platform.random,
  })
  await changes.carryOut(decided, { asLeader: false })
}
