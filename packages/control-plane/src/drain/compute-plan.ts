import { planDrain } from '@quarterdeck/controllers'
import type { DrainOptions, DrainPlan, NodeId, PlanId } from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { serviceStanding } from '../services/service-row.ts'
import { runTimesByName } from '../tasks/run-times.ts'

/** What a drain would do now, on the same snapshot that the scheduler places by. */
export function computeDrainPlan(
  core: Core,
  view: ClusterView,
  input: { readonly planId: PlanId; readonly ids: readonly NodeId[]; readonly options: DrainOptions },
): DrainPlan {
  view.takeLoads()
  const tasks = input.ids.flatMap((nodeId) =>
    [...core.tasks.onNode(nodeId)].flatMap((id) => {
      const task = core.cache.get('task', id)?.value
      const spec = core.cache.get('task-spec', id)?.value
      return task && spec ? [{ task, spec }] : []
    }),
  )
  const runTimes = runTimesByName(core)
  return planDrain(
    view.snapshot,
    {
      planId: input.planId,
      revision: core.cache.revision,
      nodeIds: input.ids,
      options: input.options,
      tasks,
      runTimesMs: (name) => runTimes.get(name) ?? [],
      standingOf: (id) => serviceStanding(core, id),
    },
    { random: core.platform.random, nowMs: core.platform.clock.unixMs() },
  )
}
