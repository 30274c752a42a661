import { type Node, type NodeId, unixMsSchema } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { ClusterSnapshot, plan, strategies } from '@quarterdeck/scheduler'
import { aNode, aSpec, aTask } from '@quarterdeck/testkit'
import type { Bench } from '../report.ts'

const NOW = unixMsSchema.parse(1_000_000)
const NODES = 20
/** Room for all tasks anywhere: what is measured is the strategy and not the filters. */
const roomy = { cpuMillis: 10_000_000, memoryBytes: 2 ** 50, taskSlots: 100_000 }
const hashStrategies = ['consistent-hash', 'bounded-hash', 'rendezvous', 'maglev']

/** How evenly each strategy shares tasks out, on equal nodes and by weight, and how many keys move when a node leaves. */
export const fairness: Bench = {
  name: 'fairness',
  summary: 'Skew of every strategy, and keys that move when a node leaves',

  async run({ say, isQuick }) {
    const tasks = isQuick ? 200 : 4_000
    const skews = strategies.map(({ name }) => {
      say(name)
      const equal = Array.from({ length: NODES }, () => 1)
      const unequal = equal.map((_, index) => (index % 4) + 1)
      return [name, skewOf(name, equal, tasks), skewOf(name, unequal, tasks)] as const
    })
    const keys = isQuick ? 500 : 4_000
    const moves = hashStrategies.map(
      (name) =>
        [name, movedToIdeal(name, keys, { counted: false }), movedToIdeal(name, keys, { counted: true })] as const,
    )
    return {
      name: 'fairness',
      tables: [
        {
          title: `${tasks} tasks, each with a key of its own, on ${NODES} nodes: coefficient of variation of tasks per weight`,
          columns: ['strategy', 'equal nodes', 'weights 1 to 4'],
          rows: skews,
        },
        {
          title: 'Keys that move when one node of twenty leaves, as a multiple of those that it held',
          columns: ['strategy', 'moved / held', 'with every key running'],
          rows: moves,
        },
      ],
      figures: Object.fromEntries(moves.map(([name, moved]) => [name, moved])),
      notes: [
        'Strategies that pack, or that name one node (bin-pack, first, last, failover, fragmentation-aware), are skewed on purpose.',
        'Tasks that run never move because another node leaves; a key has moved when its next task would go elsewhere.',
        'Only those that go by weight can be even on unequal nodes.',
      ],
      discarded: 0,
      kept: strategies.length,
    }
  },
}

/** Standard deviation over mean of each node's tasks divided by its weight. */
function skewOf(strategy: string, weights: readonly number[], tasks: number): number {
  const snapshot = clusterOf(weights)
  const counts = new Map<string, number>()
  for (const nodeId of homes(snapshot, strategy, tasks, { counted: true })) {
    counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1)
  }
  const shares = weights.map((weight, index) => (counts.get(nodeName(index)) ?? 0) / weight)
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length
  return Math.sqrt(variance) / mean
}

function movedToIdeal(strategy: string, keys: number, load: { readonly counted: boolean }): number {
  const snapshot = clusterOf(Array.from({ length: NODES }, () => 1))
  const before = homes(snapshot, strategy, keys, load)
  const gone = nodeName(7)
  const after = clusterOf(Array.from({ length: NODES }, () => 1))
  after.removeNode(gone)
  const now = homes(after, strategy, keys, load)
  const held = before.filter((home) => home === gone).length
  return before.filter((home, key) => home !== now[key]).length / held
}

/** Where each key goes; with `counted` every task stays on its node, so that strategies see the load they make. */
function homes(snapshot: ClusterSnapshot, strategy: string, keys: number, { counted }: { counted: boolean }): NodeId[] {
  const random = seededRandom(1)
  const chosen: NodeId[] = []
  for (let key = 0; key < keys; key++) {
    const spec = aSpec(`t${key}`, { name: 'job', strategy, hashKey: `key-${key}` })
    const [placement] = plan(snapshot, [{ spec, task: aTask(spec) }], { random, nowMs: NOW }).placements
    if (!placement) continue
    chosen.push(placement.nodeId)
    for (const record of placement.remember) snapshot.memory.take(record)
    if (counted) snapshot.placeTask({ ...aTask(spec), nodeId: placement.nodeId })
  }
  return chosen
}

function clusterOf(weights: readonly number[]): ClusterSnapshot {
  const snapshot = new ClusterSnapshot()
  for (const [index, weight] of weights.entries()) {
    const node: Partial<Node> = { capacity: roomy, labels: { weight: String(weight) }, zone: `zone-${index % 4}` }
    snapshot.upsertNode(aNode(nodeName(index), node), 1)
  }
  snapshot.complete = true
  return snapshot
}

function nodeName(index: number): NodeId {
  return aNode(`n${index}`).id
}
