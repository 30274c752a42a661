import { clusterError, fail, type NodeId, nodeCan, type Operation, type Outcome, ok } from '@quarterdeck/domain'
import { metaOf } from '../actor.ts'
import { erase, put } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'
import { byWhom, nodeNotFound } from './node-act.ts'

/**
 * Forgets a node and its credential in one commit: its session ends, and it can only come back with a new join token. Its tasks are
 * found without a node by the failover loop.
 */
export async function removeNode(
  core: Core,
  { id, reason }: { readonly id: NodeId; readonly reason: string },
  caller: Caller,
  /** Stored in the same commit: the plan that this carries out. */
  operation?: Operation,
): Promise<Outcome<null>> {
  const done = await commitDraft(core, () => {
    const stored = core.cache.get('node', id)
    if (!stored) return fail(nodeNotFound(id))
    const refusal = nodeCan.remove(stored.value, caller.me.role)
    if (refusal) return fail(clusterError('wrong_state', refusal))

    const credential = core.cache.get('node-credential', id)
    const text = `${id} removed from the cluster${byWhom(caller, reason)}`
    return ok({
      value: null,
      changes: [
        erase('node', id, stored.revision),
        ...(credential ? [erase('node-credential', id, credential.revision)] : []),
        ...(operation ? [put('operation', operation, 0)] : []),
      ],
      meta: metaOf(core, caller, { action: 'nodes.remove', target: `node:${id}`, reason }, [
        { type: 'node.removed', subject: { kind: 'node', id }, severity: 'notice', text },
      ]),
    })
  })
  return done.ok ? ok(null) : done
}
