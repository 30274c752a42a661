import { planDrain } from '@quarterdeck/controllers'
import { type DrainOptions, type DrainPlan, type NodeId, type PlanId, planIdSchema } from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { serviceStanding } from '../services/service-row.ts'

/** Run times that the estimate looks at, per name. */
const RUN_TIMES_MAX = 200

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

function runTimesByName(core: Core): Map<string, number[]> {
  const byName = new Map<string, number[]>()
  for (const id of core.tasks.inState('succeeded')) {
    const task = core.cache.get('task', id)?.value
    if (!task || task.startedAtMs === null || task.endedAtMs === null) continue
    const times = byName.get(task.name) ?? []
    if (times.length < RUN_TIMES_MAX) times.push(task.endedAtMs - task.startedAtMs)
    byName.set(task.name, times)
  }
  return byName
}

export function newPlanId(core: Core): PlanId {
  return planIdSchema.parse(core.platform.ids.next('plan'))
}
