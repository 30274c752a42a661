import { type ControllerId, clusterError, fail, type NodeId, nodeCan, type Outcome } from '@quarterdeck/domain'
import type { Caller, ControlService } from '../contract.ts'
import type { Core } from '../core.ts'
import { actOnNode, byWhom, nodeNotFound } from './node-act.ts'

type RoleInput = { readonly id: NodeId; readonly reason: string }

/** Wants a controller on the node. Its agent is told by whichever controller holds its session, again at each new session. */
export function promote(core: Core, { id, reason }: RoleInput, caller: Caller): Promise<Outcome<null>> {
  return actOnNode(
    core,
    {
      action: 'nodes.promote',
      refuse: nodeCan.promote,
      change: (node) => ({ ...node, desiredRole: 'standby' }),
      event: () => ({
        type: 'node.promoted',
        severity: 'notice',
        text: `${id} promoted to standby${byWhom(caller, reason)}`,
      }),
    },
    id,
    reason,
    caller,
  )
}

/** Wants no controller on the node any more. One that leads hands over first, so that its stop costs no election. */
export async function demote(
  core: Core,
  control: Pick<ControlService, 'transfer'>,
  { id, reason }: RoleInput,
  caller: Caller,
): Promise<Outcome<null>> {
  const stored = core.cache.get('node', id)
  if (!stored) return fail(nodeNotFound(id))
  const refusal = nodeCan.demote(stored.value, caller.me.role)
  if (refusal) return fail(clusterError('wrong_state', refusal))

  const hosted = liveControllers(core).find(({ nodeId }) => nodeId === id)
  if (hosted && core.leadership.leader()?.controllerId === hosted.id) {
    const heir = liveControllers(core).find((controller) => controller.id !== hosted.id)
    if (!heir)
      return fail(
        clusterError('wrong_state', `${id} hosts the only live controller.`, { remedy: 'Promote another node first.' }),
      )
    const moved = await control.transfer({ to: heir.id, reason: `${id} is demoted` }, caller)
    if (!moved.ok) return moved
  }

  return actOnNode(
    core,
    {
      action: 'nodes.demote',
      refuse: nodeCan.demote,
      change: (node) => ({ ...node, desiredRole: 'worker' }),
      event: () => ({
        type: 'node.demoted',
        severity: 'notice',
        text: `${id} demoted to worker${byWhom(caller, reason)}`,
      }),
    },
    id,
    reason,
    caller,
  )
}

function liveControllers(core: Core): readonly { readonly id: ControllerId; readonly nodeId: NodeId | null }[] {
  return [...core.cache.all('controller').values()].map(({ value }) => value).filter(({ state }) => state === 'live')
}
