import { type NodeRoom, previewAct, roomOf } from '@quarterdeck/controllers'
import { type ActPreview, fail, type NodeId, type Outcome, ok, type PreviewedAct } from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import { nodeNotFound } from '../nodes/node-act.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { computeLossPlan } from '../survival/loss-plans.ts'

/** What an act on these nodes would do now. Changes nothing. */
export function previewActOn(
  core: Core,
  view: ClusterView,
  { act, ids }: { readonly act: PreviewedAct; readonly ids: readonly NodeId[] },
): Outcome<ActPreview> {
  const nodeIds = [...new Set(ids)]
  const unknown = nodeIds.find((id) => !core.cache.get('node', id))
  if (unknown) return fail(nodeNotFound(unknown))
  view.takeLoads()
  const rooms = nodeRooms(core)
  const leaderId = core.leadership.leader()?.controllerId
  const controllers = [...core.cache.all('controller').values()]
    .filter(({ value }) => value.state === 'live')
    .map(({ value }) => ({ id: value.id, nodeId: value.nodeId, leads: value.id === leaderId }))
  return ok(
    previewAct({
      act,
      nodeIds,
      room: { before: roomOf(rooms), after: roomOf(rooms, new Set(nodeIds)) },
      loss: computeLossPlan(core, view, nodeIds),
      controllers,
      nowMs: core.platform.clock.unixMs(),
    }),
  )
}

function nodeRooms(core: Core): NodeRoom[] {
  return [...core.cache.all('node').values()].map(({ value: node }) => {
    let { cpuMillis, memoryBytes, taskSlots } = node.capacity
    for (const id of core.tasks.onNode(node.id)) {
      const resources = core.cache.get('task', id)?.value.resources
      cpuMillis -= resources?.cpuMillis ?? 0
      memoryBytes -= resources?.memoryBytes ?? 0
      taskSlots -= 1
    }
    return { node, cpuMillisFree: cpuMillis, memoryBytesFree: memoryBytes, taskSlotsFree: taskSlots }
  })
}
