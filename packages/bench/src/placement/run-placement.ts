import { type Resources, type TaskId, unixMsSchema } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { ClusterSnapshot, type Pending, plan } from '@quarterdeck/scheduler'
import { aNode, aSpec, aTask } from '@quarterdeck/testkit'
import { gpuMillisOf, type TraceNode } from './trace.ts'

/** Demand, as a share of the cluster's GPUs, at which the run ends. */
const DEMAND_MAX = 1.3

export type PlacementRun = {
  readonly allocatedShareAt100: number
  readonly allocatedShareAt130: number
  readonly placed: number
  readonly refused: number
}

/**
 * The experiment of the FGD paper: tasks drawn at random with replacement arrive one by one until their GPU demand reaches 130 % of the
 * cluster; each is placed on arrival by `plan()`, or skipped; nothing ends. The strategy sees a task when it arrives and not before.
 */
export function runPlacement(
  { nodes, tasks }: { readonly nodes: readonly TraceNode[]; readonly tasks: readonly Resources[] },
  strategy: string,
  seed: number,
): PlacementRun {
  const random = seededRandom(seed)
  const nowMs = unixMsSchema.parse(1_000_000)
  const snapshot = clusterOf(nodes)
  const gpuMillisTotal = nodes.reduce(
    (sum, { capacity }) => sum + (capacity.gpus ?? []).reduce((gpus, { count }) => gpus + 1_000 * count, 0),
    0,
  )
  let requested = 0
  let allocated = 0
  let allocatedAt100: number | null = null
  let placed = 0
  let refused = 0

  for (let arrival = 0; ; arrival++) {
    const resources = tasks[random.nextInt(tasks.length)]
    if (!resources || requested + gpuMillisOf(resources) > DEMAND_MAX * gpuMillisTotal) break
    requested += gpuMillisOf(resources)
    if (requested > gpuMillisTotal) allocatedAt100 ??= allocated

    snapshot.workload.add(resources)
    const pending = pendingOf(arrival, resources, strategy)
    const [placement] = plan(snapshot, [pending], { random, nowMs }).placements
    if (!placement) {
      refused += 1
      continue
    }
    const { gpus, nodeId, remember } = placement
    snapshot.placeTask({ ...pending.task, nodeId, gpus: [...gpus] })
    for (const record of remember) snapshot.memory.take(record)
    allocated += gpuMillisOf(resources)
    placed += 1
  }
  return {
    allocatedShareAt100: (allocatedAt100 ?? allocated) / gpuMillisTotal,
    allocatedShareAt130: allocated / gpuMillisTotal,
    placed,
    refused,
  }
}

function clusterOf(nodes: readonly TraceNode[]): ClusterSnapshot {
  const snapshot = new ClusterSnapshot()
  for (const { name, capacity } of nodes) snapshot.upsertNode(aNode(name, { capacity }), 1)
  snapshot.complete = true
  return snapshot
}

function pendingOf(arrival: number, resources: Resources, strategy: string): Pending {
  const id: TaskId = aSpec(`t${arrival}`).id
  const spec = aSpec(id, { name: 'job', resources, strategy, hashKey: id })
  return { spec, task: aTask(spec) }
}
