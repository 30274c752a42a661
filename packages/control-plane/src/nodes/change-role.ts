import { type ControllerId, clusterError, fail, type NodeId, nodeCan, type Outcome, ok } from '@quarterdeck/domain'
import type { Caller, ControlService } from '../contract.ts'
import type { Core } from '../core.ts'
import { liveControllers } from '../plans/act-plans.ts'
import { actOnNode, byWhom, type NodeAct, nodeNotFound } from './node-act.ts'

type RoleInput = { readonly id: NodeId; readonly reason: string }
type Transfer = Pick<ControlService, 'transfer'>

/** Wants a controller on the node. Its agent is told by whichever controller holds its session, again at each new session. */
export function promoteAct(reason: string, caller: Caller): NodeAct {
  return {
    action: 'nodes.promote',
    refuse: nodeCan.promote,
    change: (node) => ({ ...node, desiredRole: 'standby' }),
    event: (node) => ({
      type: 'node.promoted',
      severity: 'notice',
      text: `${node.id} promoted to standby${byWhom(caller, reason)}`,
    }),
  }
}

/** Wants no controller on the node any more. */
export function demoteAct(reason: string, caller: Caller): NodeAct {
  return {
    action: 'nodes.demote',
    refuse: nodeCan.demote,
    change: (node) => ({ ...node, desiredRole: 'worker' }),
    event: (node) => ({
      type: 'node.demoted',
      severity: 'notice',
      text: `${node.id} demoted to worker${byWhom(caller, reason)}`,
    }),
  }
}

export function promote(core: Core, { id, reason }: RoleInput, caller: Caller): Promise<Outcome<null>> {
  return actOnNode(core, promoteAct(reason, caller), id, reason, caller)
}

export async function demote(
  core: Core,
  control: Transfer,
  { id, reason }: RoleInput,
  caller: Caller,
): Promise<Outcome<null>> {
  const handed = await handOver(core, control, id, caller)
  return handed.ok ? await actOnNode(core, demoteAct(reason, caller), id, reason, caller) : handed
}

/** When the node's controller leads, another one takes over first, so that its stop costs no election. */
export async function handOver(
  core: Core,
  control: Transfer,
  id: NodeId,
  caller: Caller,
  heir?: ControllerId,
): Promise<Outcome<null>> {
  const stored = core.cache.get('node', id)
  if (!stored) return fail(nodeNotFound(id))
  const refusal = nodeCan.demote(stored.value, caller.me.role)
  if (refusal) return fail(clusterError('wrong_state', refusal))

  const live = liveControllers(core)
  const hosted = live.find(({ nodeId }) => nodeId === id)
  if (!hosted || core.leadership.leader()?.controllerId !== hosted.id) return ok(null)
  const others = live.filter((controller) => controller.id !== hosted.id)
  const next = others.find((controller) => controller.id === heir) ?? others[0]
  if (!next)
    return fail(
      clusterError('wrong_state', `${id} hosts the only live controller.`, { remedy: 'Promote another node first.' }),
    )
  const moved = await control.transfer({ to: next.id, reason: `${id} is demoted` }, caller)
  return moved.ok ? ok(null) : moved
}
