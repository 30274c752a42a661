import { type NodeId, unixMsSchema } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { ClusterSnapshot, type Pending, plan, strategies } from '@quarterdeck/scheduler'
import { aNode, aSpec, aTask } from '@quarterdeck/testkit'
import { ownCpuMs } from '../measure/cpu-time.ts'
import { median } from '../measure/quantiles.ts'
import type { Bench } from '../report.ts'

const NOW = unixMsSchema.parse(1_000_000)

/** What `plan()` costs: a thousand waiting tasks at once, and one new task after the other. CPU time of this process, not wall time. */
export const planning: Bench = {
  name: 'planning',
  summary: 'CPU time of plan() by strategy and by size of the cluster',

  async run({ say, isQuick }) {
    const nodes = isQuick ? 200 : 10_000
    const tasks = isQuick ? 50 : 1_000
    const byStrategy = strategies.map(({ name }) => {
      const equal = planMs(nodes, tasks, name, () => 100)
      const different = planMs(nodes, tasks, name, (index) => 100 + index)
      const single = oneByOneMs(nodes, isQuick ? 10 : 100, name)
      say(`${name}: ${equal.toFixed(0)} ms, ${different.toFixed(0)} ms, ${single.toFixed(2)} ms`)
      return [name, equal, different, single] as const
    })
    const sizes = isQuick ? [100, 1_000] : [100, 1_000, 10_000, 100_000]
    const bySize = sizes.map((size) => {
      say(`${size} nodes`)
      return [size, planMs(size, tasks, 'least-loaded', () => 100), oneByOneMs(size, 20, 'least-loaded')] as const
    })
    return {
      name: 'planning',
      tables: [
        {
          title: `plan() on ${nodes} nodes, CPU ms`,
          columns: ['strategy', `${tasks} equal tasks`, `${tasks} different shapes`, 'one new task (median)'],
          rows: byStrategy,
        },
        {
          title: `least-loaded by size of the cluster, CPU ms`,
          columns: ['nodes', `${tasks} equal tasks`, 'one new task (median)'],
          rows: bySize,
        },
      ],
      figures: Object.fromEntries(byStrategy.map(([name, equal]) => [`${name}Ms`, equal])),
      notes: ['One run each, after a warm-up.'],
      discarded: 0,
      kept: byStrategy.length + bySize.length,
    }
  },
}

function planMs(nodes: number, tasks: number, strategy: string, cpuMillis: (index: number) => number): number {
  const snapshot = clusterOf(nodes)
  const pending = Array.from({ length: tasks }, (_, index) => pendingOf(index, strategy, cpuMillis(index)))
  const context = { random: seededRandom(1), nowMs: NOW }
  plan(snapshot, pending.slice(0, 3), context)
  const before = ownCpuMs()
  plan(snapshot, pending, context)
  return ownCpuMs() - before
}

/** Each task planned by itself on the live snapshot and then counted there, as the loop does with submits. */
function oneByOneMs(nodes: number, tasks: number, strategy: string): number {
  const snapshot = clusterOf(nodes)
  const random = seededRandom(1)
  const durations = Array.from({ length: tasks }, (_, index) => {
    const pending = pendingOf(index, strategy, 100)
    const before = ownCpuMs()
    const [placement] = plan(snapshot, [pending], { random, nowMs: NOW }).placements
    if (placement) {
      snapshot.placeTask({ ...pending.task, nodeId: placement.nodeId })
      for (const record of placement.remember) snapshot.memory.take(record)
    }
    return ownCpuMs() - before
  })
  return median(durations) ?? 0
}

function clusterOf(count: number): ClusterSnapshot {
  const snapshot = new ClusterSnapshot()
  for (let index = 0; index < count; index++) {
    snapshot.upsertNode(aNode(`n${index}` as NodeId, { zone: `zone-${index % 5}` }), 1)
  }
  snapshot.complete = true
  return snapshot
}

function pendingOf(index: number, strategy: string, cpuMillis: number): Pending {
  const spec = aSpec(`t${index}`, { name: 'job', strategy, resources: { cpuMillis, memoryBytes: 2 ** 26 } })
  return { spec, task: aTask(spec) }
}
