import {
  type ClusterEvent,
  clusterError,
  fail,
  type Node,
  type NodeId,
  type Outcome,
  ok,
  type Refusal,
  type Role,
} from '@quarterdeck/domain'
import { actorOf, metaOf } from '../actor.ts'
import { type Draft, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'

/** What an operator does to one node. `refuse` and `change` see the node as it is at the commit, never as it was at the click. */
export type NodeAct = {
  /** As in the audit log: `nodes.cordon`. */
  readonly action: string
  readonly refuse: (node: Node, role: Role) => Refusal
  readonly change: (node: Node) => Node
  readonly event: (node: Node) => Pick<ClusterEvent, 'type' | 'severity' | 'text'>
}

/** Carries an act out on one node, with its audit entry and its event in the same commit. */
export async function actOnNode(
  core: Core,
  act: NodeAct,
  id: NodeId,
  reason: string,
  caller: Caller,
): Promise<Outcome<null>> {
  const done = await commitDraft(core, () => draftAct(core, act, id, reason, caller))
  return done.ok ? ok(null) : done
}

function draftAct(
  core: Core,
  act: NodeAct,
  id: NodeId,
  reason: string,
  caller: Caller,
): Outcome<Draft & { readonly value: null }> {
  const stored = core.cache.get('node', id)
  if (!stored) return fail(nodeNotFound(id))
  const refusal = act.refuse(stored.value, caller.me.role)
  if (refusal) return fail(clusterError('wrong_state', refusal))
  return ok({
    value: null,
    changes: [replace(stored, act.change(stored.value))],
    meta: metaOf(core, caller, { action: act.action, target: `node:${id}`, reason }, [eventOf(act, stored.value)]),
  })
}

export function eventOf(act: NodeAct, node: Node): ClusterEvent {
  return { subject: { kind: 'node', id: node.id }, ...act.event(node) }
}

export function nodeNotFound(id: string) {
  return clusterError('node_not_found', `There is no node ${id}.`)
}

/** Who asked and why, as the node keeps it. */
export function remarkBy(core: Core, caller: Caller, reason: string): NonNullable<Node['remark']> {
  return { by: actorOf(caller), atMs: core.platform.clock.unixMs(), reason }
}

/** " by ana: kernel update", for the end of an event's sentence. */
export function byWhom(caller: Caller, reason: string): string {
  return ` by ${caller.me.id}${reason ? `: ${reason}` : ''}`
}
