import { reconcileHeld } from '@quarterdeck/controllers'
import type { NodeId } from '@quarterdeck/domain'
import type { HeldAttempt } from '@quarterdeck/domain/wire'
import { sleep } from '@quarterdeck/platform'
import type { Core } from '../core.ts'
import type { TaskChanges } from '../work-loops/task-changes.ts'

const RETRY_MS = 250

/** What the agent of one session said it holds when it registered. */
export type Inventory = {
  readonly nodeId: NodeId
  readonly sessionId: string
  readonly held: readonly HeldAttempt[]
}

/**
 * Brings tasks in line with an inventory, and looks again until nothing differs.
 *
 * Only while its session is the one in force, as the store has it and each commit checks: the agent may have moved on to another
 * controller and begun what an older inventory does not name. Then nothing is done here, because the newer session does it.
 */
export async function reconcileHeldAttempts(
  core: Core,
  changes: TaskChanges,
  { nodeId, sessionId, held }: Inventory,
): Promise<void> {
  for (;;) {
    const node = core.cache.get('node', nodeId)
    if (node?.value.session?.id !== sessionId || core.hub.session(nodeId)?.sessionId !== sessionId) return

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
    if (decided.length === 0) return
    const checks = [{ kind: 'node', id: nodeId, expect: node.revision }] as const
    await changes.carryOut(decided, { asLeader: false, checks })
    await core.cache.fresh().catch(() => sleep(core.platform.timers, RETRY_MS))
  }
}
