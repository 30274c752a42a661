import { type GpuOffer, type NodeId, type TaskSpec, unixMsSchema } from '@quarterdeck/domain'
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
    const byRule = Object.entries(rules).map(([rule, more]) => {
      say(rule)
      const pending = Array.from({ length: tasks }, (_, index) => pendingOf(index, 'least-loaded', 100, more))
      return [rule, planOf(clusterOf(nodes), pending)] as const
    })
    say('fragmentation-aware on GPUs')
    const gpus = gpuPlanMs(nodes, tasks)
    const sizes = isQuick ? [100, 1_000] : [100, 1_000, 10_000, 100_000]
    const bySize = sizes.map((size) => {
      say(`${size} nodes`)
      return [size, planMs(size, tasks, 'least-loaded', () => 100), oneByOneMs(size, 20, 'least-loaded')] as const
    })
    const counts = isQuick ? [10, 100] : [1, 10, 100, 1_000, 10_000]
    const byTasks = counts.map((count) => {
      say(`${count} tasks`)
      return [
        count,
        planMs(nodes, count, 'least-loaded', () => 100),
        planMs(nodes, count, 'least-loaded', (index) => 100 + index),
      ] as const
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
          title: `least-loaded with rules on ${nodes} nodes, CPU ms`,
          columns: ['rule', `${tasks} equal tasks`],
          rows: byRule,
        },
        {
          title: `fragmentation-aware on ${nodes} nodes of 1 to 8 GPUs, CPU ms`,
          columns: [`${tasks} different shares of a GPU`],
          rows: [[gpus]],
        },
        {
          title: `least-loaded by size of the cluster, CPU ms`,
          columns: ['nodes', `${tasks} equal tasks`, 'one new task (median)'],
          rows: bySize,
        },
        {
          title: `least-loaded on ${nodes} nodes by number of waiting tasks, CPU ms`,
          columns: ['tasks', 'equal', 'different shapes'],
          rows: byTasks,
        },
      ],
      figures: Object.fromEntries(byStrategy.map(([name, equal]) => [`${name}Ms`, equal])),
      notes: ['One run each, after a warm-up.'],
      discarded: 0,
      kept: byStrategy.length + bySize.length,
    }
  },
}

/** What a task may ask of its place; `job` is the name of every task here. */
const rules: Readonly<Record<string, Partial<TaskSpec>>> = {
  'spread over zones (must)': { spreadOver: [{ label: 'zone', skewMax: 1 }] },
  'one a node (must)': { taskAffinities: [{ how: 'apart', job: 'job', within: 'node' }] },
  'with each other in a zone (must)': { taskAffinities: [{ how: 'with', job: 'job', within: 'zone' }] },
  'rather in one zone (wish)': { affinities: [{ label: 'zone', operator: 'in', values: ['zone-1'], weight: 50 }] },
  'even over zones (wish)': { spreadOver: [{ label: 'zone', skewMax: 1, weight: 50 }] },
  'a named port': { ports: [{ name: 'http' }] },
}

function planMs(nodes: number, tasks: number, strategy: string, cpuMillis: (index: number) => number): number {
  const snapshot = clusterOf(nodes)
  const pending = Array.from({ length: tasks }, (_, index) => pendingOf(index, strategy, cpuMillis(index)))
  // As in a controller, which counts every stored task: what usually comes is known.
  for (const { task } of pending) snapshot.workload.add(task.resources)
  return planOf(snapshot, pending)
}

function planOf(snapshot: ClusterSnapshot, pending: readonly Pending[]): number {
  const context = { random: seededRandom(1), nowMs: NOW }
  plan(snapshot, pending.slice(0, 3), context)
  const before = ownCpuMs()
  plan(snapshot, pending, context)
  return ownCpuMs() - before
}

/** The worst case of the strategy that looks furthest: nodes in many states, and every task of a shape that nobody has seen. */
function gpuPlanMs(nodes: number, tasks: number): number {
  const snapshot = clusterOf(nodes, (index) => [{ model: 'T4', count: 1 + (index % 8) }])
  const pending = Array.from({ length: tasks }, (_, index) =>
    pendingOf(index, 'fragmentation-aware', 100, {
      resources: {
        cpuMillis: 1 + (index % 40),
        memoryBytes: 2 ** 26,
        gpu: { count: 1, shareMillis: 100 + ((index * 7) % 900), models: [] },
      },
    }),
  )
  for (const { task } of pending) snapshot.workload.add(task.resources)
  return planOf(snapshot, pending)
}

/** Each task planned by itself on the live snapshot and then counted there, as the loop does with submits. */
function oneByOneMs(nodes: number, tasks: number, strategy: string): number {
  const snapshot = clusterOf(nodes)
  const random = seededRandom(1)
  const durations = Array.from({ length: tasks }, (_, index) => {
    const pending = pendingOf(index, strategy, 100)
    snapshot.workload.add(pending.task.resources)
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

function clusterOf(count: number, gpusOf?: (index: number) => GpuOffer[]): ClusterSnapshot {
  const snapshot = new ClusterSnapshot()
  for (let index = 0; index < count; index++) {
    const id = `n${index}` as NodeId
    const node = aNode(id, { zone: `zone-${index % 5}` })
    const capacity = {
      ...node.capacity,
      ports: { from: 20_000, to: 29_999 },
      ...(gpusOf ? { gpus: gpusOf(index) } : {}),
    }
    snapshot.upsertNode({ ...node, capacity }, 1)
    snapshot.latencies.note(id, 100 + (index % 50), NOW)
  }
  snapshot.complete = true
  return snapshot
}

function pendingOf(index: number, strategy: string, cpuMillis: number, more: Partial<TaskSpec> = {}): Pending {
  const resources = { cpuMillis, memoryBytes: 2 ** 26 }
  const spec = aSpec(`t${index}`, { name: 'job', strategy, resources, ...more })
  return { spec, task: aTask(spec) }
}
