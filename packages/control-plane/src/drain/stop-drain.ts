import { clusterError, fail, type NodeId, nodeCan, type Outcome, ok } from '@quarterdeck/domain'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'
import { actOnNode, byWhom, type NodeAct, remarkBy } from '../nodes/node-act.ts'

type StopInput = { readonly ids: readonly NodeId[]; readonly uncordon: boolean; readonly reason: string }

/**
 * Ends drains where they are: tasks that moved stay where they are now, tasks that were asked to stop go on stopping, the rest keeps
 * running. The nodes stay cordoned unless `uncordon`. The operation is closed by the drain loop, which sees that nothing drains.
 */
export async function stopDrain(
  core: Core,
  { ids, uncordon, reason }: StopInput,
  caller: Caller,
): Promise<Outcome<null>> {
  const act: NodeAct = {
    action: 'nodes.stopDrain',
    refuse: nodeCan.stopDrain,
    change: (node) => ({
      ...node,
      scheduling: uncordon ? 'open' : 'cordoned',
      schedulingSinceMs: core.platform.clock.unixMs(),
      remark: remarkBy(core, caller, reason),
      drain: null,
    }),
    event: (node) => ({
      type: 'node.drain-stopped',
      severity: 'notice',
      text: `drain of ${node.id} stopped${byWhom(caller, reason)}; ${uncordon ? 'it takes work again' : 'it stays cordoned'}`,
    }),
  }
  if (ids.length === 0)
    return fail(clusterError('bad_input', 'ids is empty: name at least one node.', { field: 'ids' }))
  for (const id of new Set(ids)) {
    const done = await actOnNode(core, act, id, reason, caller)
    if (!done.ok) return done
  }
  return ok(null)
}
