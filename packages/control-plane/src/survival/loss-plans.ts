import { planLoss } from '@quarterdeck/controllers'
import { clusterError, fail, type LossPlan, type NodeId, type Outcome, ok } from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import { nodeNotFound } from '../nodes/node-act.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'

/** What the loss of these nodes would do now, on the snapshot that the scheduler places by. */
export function computeLossPlan(core: Core, view: ClusterView, nodeIds: readonly NodeId[]): LossPlan {
  const tasks = nodeIds.flatMap((nodeId) =>
    [...core.tasks.onNode(nodeId)].flatMap((id) => {
      const task = core.cache.get('task', id)?.value
      const spec = core.cache.get('task-spec', id)?.value
      return task && spec ? [{ task, spec }] : []
    }),
  )
  const request = { nodeIds, revision: core.cache.revision, tasks }
  return planLoss(view.snapshot, request, { random: core.platform.random, nowMs: core.platform.clock.unixMs() })
}

/** The same for an operator's question about nodes or about a whole zone. */
export function previewLoss(
  core: Core,
  view: ClusterView,
  input: { readonly ids: readonly NodeId[]; readonly zone?: string },
): Outcome<LossPlan> {
  const { zone } = input
  const unknown = input.ids.find((id) => !core.cache.get('node', id))
  if (unknown) return fail(nodeNotFound(unknown))
  const inZone = zone === undefined ? [] : nodesOfZone(core, zone)
  if (zone !== undefined && inZone.length === 0) {
    return fail(clusterError('node_not_found', `There is no node in zone "${zone}".`, { field: 'zone' }))
  }
  view.takeLoads()
  return ok(computeLossPlan(core, view, [...new Set([...input.ids, ...inZone])]))
}

export function nodesOfZone(core: Core, zone: string): NodeId[] {
  return [...core.cache.all('node').values()].filter(({ value }) => value.zone === zone).map(({ value }) => value.id)
}
