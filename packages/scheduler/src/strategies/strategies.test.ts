import type { GpuOffer, NodeId, Resources, StrategyState, TaskId, TaskSpec } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { aNode, aSpec, aTask, at } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { ClusterSnapshot, type PlacedTask } from '../cluster-snapshot.ts'
import { plan } from '../plan.ts'
import { findStrategy } from './registry.ts'

/** Long after the nodes became ready, so that none of them is warming up. */
const LATER = 600_000
let taskNumber = 0

describe('least-loaded', () => {
  it('takes the node with the fewest reservations when nothing is measured', () => {
    const snapshot = clusterOf('n1', 'n2', 'n3')
    snapshot.placeTask(placed('a', 'n1', { cpuMillis: 1_000, memoryBytes: 0 }))
    snapshot.placeTask(placed('b', 'n2', { cpuMillis: 500, memoryBytes: 0 }))
    expect(choicesOf(snapshot, 'least-loaded', 1)).toEqual(['n3'])
  })

  it('goes by the fullest dimension: a node without memory is full, however idle its CPU', () => {
    const snapshot = clusterOf('n1', 'n2')
    snapshot.placeTask(placed('a', 'n1', { cpuMillis: 0, memoryBytes: 7 * 2 ** 30 }))
    snapshot.placeTask(placed('b', 'n2', { cpuMillis: 2_000, memoryBytes: 0 }))
    expect(choicesOf(snapshot, 'least-loaded', 1)).toEqual(['n2'])
  })

  it('sees load that nobody reserved', () => {
    const snapshot = clusterOf('n1', 'n2')
    snapshot.setLoad('n1' as NodeId, { cpuShare: 0.9, memoryShare: 0.2 })
    snapshot.setLoad('n2' as NodeId, { cpuShare: 0.1, memoryShare: 0.2 })
    expect(choicesOf(snapshot, 'least-loaded', 1)).toEqual(['n2'])
  })

  it('spreads a burst although the measured load cannot follow it', () => {
    const snapshot = clusterOf('n1', 'n2', 'n3')
    for (const [id, cpuShare] of [
      ['n1', 0.5],
      ['n2', 0.51],
      ['n3', 0.52],
    ] as const) {
      snapshot.setLoad(id as NodeId, { cpuShare, memoryShare: 0.1 })
    }
    const counts = new Map<string, number>()
    for (const id of choicesOf(snapshot, 'least-loaded', 12)) counts.set(id, (counts.get(id) ?? 0) + 1)
    expect([...counts.values()].toSorted()).toEqual([4, 4, 4])
  })
})

describe('spread', () => {
  it('alternates between zones, then between the nodes of a zone', () => {
    const snapshot = clusterOf('a1@a', 'a2@a', 'b1@b')
    expect(choicesOf(snapshot, 'spread', 4)).toEqual(['a1', 'b1', 'a2', 'b1'])
  })

  it('counts tasks of the same name only', () => {
    const snapshot = clusterOf('a1@a', 'b1@b')
    snapshot.placeTask(placed('other', 'b1', { cpuMillis: 2_000, memoryBytes: 0 }, 'other'))
    snapshot.placeTask(placed('same', 'a1', { cpuMillis: 0, memoryBytes: 0 }, 'job'))
    expect(choicesOf(snapshot, 'spread', 1)).toEqual(['b1'])
  })

  it('lets the load decide between equals', () => {
    const snapshot = clusterOf('a1@a', 'b1@b')
    snapshot.placeTask(placed('other', 'a1', { cpuMillis: 2_000, memoryBytes: 0 }, 'other'))
    expect(choicesOf(snapshot, 'spread', 1)).toEqual(['b1'])
  })
})

describe('bin-pack', () => {
  it('fills one node before it begins another', () => {
    expect(choicesOf(clusterOf('n1', 'n2', 'n3'), 'bin-pack', 18)).toEqual([...Array(16).fill('n1'), 'n2', 'n2'])
  })

  it('begins with the node that is fullest already', () => {
    const snapshot = clusterOf('n1', 'n2', 'n3')
    snapshot.placeTask(placed('a', 'n2', { cpuMillis: 1_000, memoryBytes: 2 ** 30 }))
    expect(choicesOf(snapshot, 'bin-pack', 2)).toEqual(['n2', 'n2'])
  })
})

describe('round-robin', () => {
  it('gives each node its turn, then begins again', () => {
    expect(choicesOf(clusterOf('n2', 'n1', 'n3'), 'round-robin', 5)).toEqual(['n1', 'n2', 'n3', 'n1', 'n2'])
  })

  it('goes on after the node that was served last, in the next plan too', () => {
    const snapshot = clusterOf('n1', 'n2', 'n3')
    choicesOf(snapshot, 'round-robin', 2)
    expect(choicesOf(snapshot, 'round-robin', 2)).toEqual(['n3', 'n1'])
  })

  it('shifts nobody when a node joins or the one served last leaves', () => {
    const snapshot = clusterOf('n1', 'n3', 'n5')
    choicesOf(snapshot, 'round-robin', 2)
    snapshot.removeNode('n3' as NodeId)
    snapshot.upsertNode(aNode('n4'), 1)
    expect(choicesOf(snapshot, 'round-robin', 3)).toEqual(['n4', 'n5', 'n1'])
  })
})

describe('random', () => {
  it('uses every node in the long run', () => {
    expect(new Set(choicesOf(clusterOf('n1', 'n2', 'n3', 'n4'), 'random', 40)).size).toBe(4)
  })

  it('draws differently from another seed, and the same from the same', () => {
    const drawn = (seed: number) => choicesOf(clusterOf('n1', 'n2', 'n3', 'n4'), 'random', 20, seed)
    expect(drawn(1)).toEqual(drawn(1))
    expect(drawn(1)).not.toEqual(drawn(2))
  })
})

describe('power-of-two-choices', () => {
  it('never takes the fullest node, because the other one drawn is always less loaded', () => {
    const snapshot = clusterOf('n1', 'n2', 'n3')
    snapshot.placeTask(placed('a', 'n2', { cpuMillis: 3_500, memoryBytes: 0 }))
    expect(choicesOf(snapshot, 'power-of-two-choices', 20)).not.toContain('n2')
  })

  it('takes the only node there is', () => {
    expect(choicesOf(clusterOf('n1'), 'power-of-two-choices', 1)).toEqual(['n1'])
  })

  it('spreads tasks over the cluster', () => {
    expect(new Set(choicesOf(clusterOf('n1', 'n2', 'n3', 'n4'), 'power-of-two-choices', 20)).size).toBe(4)
  })
})

describe('smooth-weighted-round-robin', () => {
  it('gives A A B A C A A for the weights 5, 1, 1, and again', () => {
    const turns = choicesOf(weighted({ a: 5, b: 1, c: 1 }), 'smooth-weighted-round-robin', 14)
    expect(turns.join('')).toBe('aabacaa'.repeat(2))
  })

  it('goes on where it stopped from the stored records alone, as a new leader does', () => {
    const before = weighted({ a: 5, b: 1, c: 1 })
    const records = new Map<string, StrategyState>()
    choicesOf(before, 'smooth-weighted-round-robin', 4, 1, (record) => records.set(record.id, record))
    const after = weighted({ a: 5, b: 1, c: 1 })
    for (const record of records.values()) after.memory.take(structuredClone(record))
    expect(choicesOf(after, 'smooth-weighted-round-robin', 3).join('')).toBe('caa')
  })

  it('lets a node that joins catch up by no more than one turn', () => {
    const snapshot = weighted({ a: 1, b: 1 })
    choicesOf(snapshot, 'smooth-weighted-round-robin', 20)
    snapshot.upsertNode(aNode('c', { capacity: roomy }), 1)
    const next = choicesOf(snapshot, 'smooth-weighted-round-robin', 9)
    expect(next.filter((id) => id === 'c').length).toBeLessThanOrEqual(4)
  })
})

describe('weighted-random', () => {
  it('draws a node of weight 3 about three times as often', () => {
    const drawn = choicesOf(weighted({ a: 3, b: 1 }), 'weighted-random', 400)
    expect(drawn.filter((id) => id === 'a').length / 400).toBeCloseTo(0.75, 1)
  })
})

describe('least-tasks', () => {
  it('counts tasks and not their size', () => {
    const snapshot = clusterOf('n1', 'n2')
    snapshot.placeTask(placed('a', 'n1', { cpuMillis: 3_000, memoryBytes: 0 }))
    snapshot.placeTask(placed('b', 'n2', { cpuMillis: 1, memoryBytes: 0 }))
    snapshot.placeTask(placed('c', 'n2', { cpuMillis: 1, memoryBytes: 0 }))
    expect(choicesOf(snapshot, 'least-tasks', 1)).toEqual(['n1'])
  })
})

describe('weighted-least-tasks', () => {
  it('gives weight 2 twice the tasks of weight 1', () => {
    const counts = choicesOf(weighted({ a: 2, b: 1 }), 'weighted-least-tasks', 9).filter((id) => id === 'a')
    expect(counts).toHaveLength(6)
  })

  it('holds back a node that has just come back', () => {
    const snapshot = clusterOf('n1')
    snapshot.upsertNode(aNode('n2', { healthSinceMs: at(LATER - 6_000) }), 1)
    const chosen = choicesOf(snapshot, 'weighted-least-tasks', 11)
    expect(chosen.filter((id) => id === 'n2')).toHaveLength(1)
  })
})

describe('fastest', () => {
  it('takes the node with short runs until enough are in flight there', () => {
    const snapshot = clusterOf('n1', 'n2')
    snapshot.latencies.note('n1' as NodeId, 900, at(LATER))
    snapshot.latencies.note('n2' as NodeId, 300, at(LATER))
    expect(choicesOf(snapshot, 'fastest', 4)).toEqual(['n2', 'n2', 'n1', 'n2'])
  })

  it('counts a slow run at once and forgets it by and by', () => {
    const snapshot = clusterOf('n1', 'n2')
    snapshot.latencies.note('n1' as NodeId, 100, at(LATER - 60_000))
    snapshot.latencies.note('n1' as NodeId, 5_000, at(LATER - 50_000))
    snapshot.latencies.note('n2' as NodeId, 100, at(LATER))
    expect(snapshot.latencies.of(snapshot.entryOf('n1' as NodeId)?.index ?? -1, at(LATER - 50_000))).toBe(5_000)
    expect(choicesOf(snapshot, 'fastest', 1)).toEqual(['n1'])
  })
})

describe.each(['consistent-hash', 'rendezvous', 'maglev'])('%s', (strategy) => {
  const keys = Array.from({ length: 400 }, (_, index) => `key-${index}`)
  const names = Array.from({ length: 10 }, (_, index) => `n${index}`)
  const homes = (snapshot: ClusterSnapshot) => keys.map((key) => homeOf(snapshot, strategy, key))

  it('sends a key to the same node each time, in whatever order the nodes joined', () => {
    expect(homes(clusterOf(...names))).toEqual(homes(clusterOf(...names.toReversed())))
  })

  it('moves the keys of a node that leaves, and hardly any other', () => {
    const snapshot = clusterOf(...names)
    const before = homes(snapshot)
    snapshot.removeNode('n3' as NodeId)
    const after = homes(snapshot)
    const moved = before.filter((home, index) => home !== after[index])
    const owned = before.filter((home) => home === 'n3')
    expect(owned.length).toBeGreaterThan(0)
    expect(moved.length).toBeLessThanOrEqual(owned.length * 1.2)
  })

  it('leaves a key where it was when the node that is full is another', () => {
    const snapshot = clusterOf(...names)
    const before = homes(snapshot)
    snapshot.upsertNode(aNode('n3', { zone: 'a', scheduling: 'cordoned' }), 2)
    const moved = homes(snapshot).filter((home, index) => home !== before[index] && before[index] !== 'n3')
    expect(moved).toEqual([])
  })
})

describe('bounded-hash', () => {
  it('gives no node more than 1.25 times its share of one hot key', () => {
    const counts = new Map<string, number>()
    for (const id of choicesOf(clusterOf('n1', 'n2', 'n3', 'n4'), 'bounded-hash', 32)) {
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(Math.ceil((1.25 * 32) / 4))
  })
})

describe('locality', () => {
  it('goes to the zone asked for, then its region, then anywhere', () => {
    const snapshot = new ClusterSnapshot()
    snapshot.upsertNode(aNode('far', { zone: 'us-1', region: 'us' }), 1)
    snapshot.upsertNode(aNode('near', { zone: 'eu-2', region: 'eu' }), 1)
    snapshot.upsertNode(aNode('here', { zone: 'eu-1', region: 'eu' }), 1)
    snapshot.complete = true
    const near = { zone: 'eu-1', region: 'eu' }
    const chosen = choicesOf(snapshot, 'locality', 36, 1, undefined, { near })
    expect(chosen.slice(0, 12)).toEqual(Array(12).fill('here'))
    expect(chosen.slice(12, 24)).toEqual(Array(12).fill('near'))
    expect(chosen.slice(24)).toContain('far')
  })
})

describe('worst-fit', () => {
  it('takes the emptiest node', () => {
    const snapshot = clusterOf('n1', 'n2')
    snapshot.placeTask(placed('a', 'n1', { cpuMillis: 1_000, memoryBytes: 2 ** 30 }))
    expect(choicesOf(snapshot, 'worst-fit', 1)).toEqual(['n2'])
  })
})

describe('first, last and failover', () => {
  it('take the first and the last by name, and the lowest rank that is healthy', () => {
    const snapshot = clusterOf('n2', 'n1', 'n3')
    expect(choicesOf(snapshot, 'first', 1)).toEqual(['n1'])
    expect(choicesOf(snapshot, 'last', 1)).toEqual(['n3'])
    snapshot.upsertNode(aNode('n3', { labels: { rank: '1' } }), 2)
    expect(choicesOf(snapshot, 'failover', 1)).toEqual(['n3'])
    snapshot.upsertNode(aNode('n3', { labels: { rank: '1' }, health: 'down' }), 3)
    expect(choicesOf(snapshot, 'failover', 1)).toEqual(['n1'])
  })
})

describe('least-recently-used', () => {
  it('takes the node chosen longest ago, and after a new leader too', () => {
    const snapshot = clusterOf('n1', 'n2', 'n3')
    const records = new Map<string, StrategyState>()
    const keep = (record: StrategyState) => records.set(record.id, record)
    expect(choicesOf(snapshot, 'least-recently-used', 4, 1, keep)).toEqual(['n1', 'n2', 'n3', 'n1'])
    const next = clusterOf('n1', 'n2', 'n3')
    for (const record of records.values()) next.memory.take(record)
    expect(choicesOf(next, 'least-recently-used', 2)).toEqual(['n2', 'n3'])
  })
})

describe('least-frequently-used', () => {
  it('takes the node chosen least often, and a new one is not drowned', () => {
    const snapshot = clusterOf('n1', 'n2')
    choicesOf(snapshot, 'least-frequently-used', 10)
    snapshot.upsertNode(aNode('n0', { zone: 'a' }), 1)
    expect(choicesOf(snapshot, 'least-frequently-used', 6).filter((id) => id === 'n0').length).toBeLessThanOrEqual(3)
  })
})

describe('idle', () => {
  it('takes the first that runs nothing, then the one with the fewest tasks', () => {
    const snapshot = clusterOf('n1', 'n2', 'n3')
    snapshot.placeTask(placed('a', 'n1', { cpuMillis: 1, memoryBytes: 0 }))
    expect(choicesOf(snapshot, 'idle', 3)).toEqual(['n2', 'n3', 'n1'])
  })
})

describe('a chain', () => {
  it('narrows to the zone, then asks the ring, and takes the least loaded when that names no node', () => {
    const snapshot = clusterOf('a1@a', 'a2@a', 'b1@b')
    const chain = 'locality > bounded-hash > least-loaded'
    const chosen = choicesOf(snapshot, chain, 8, 1, undefined, { near: { zone: 'a' } })
    expect(new Set(chosen)).toEqual(new Set(['a1', 'a2']))
    expect(chosen.filter((id) => id === 'a1').length).toBeGreaterThanOrEqual(3)
  })

  it('is unknown when one of its names is', () => {
    expect(findStrategy('locality > best')).toBeUndefined()
    expect(findStrategy('idle > round-robin')?.summary).toContain('; then: ')
  })
})

describe('fragmentation-aware', () => {
  const gpus = [{ model: 'T4', count: 2 }]
  const share = (shareMillis: number): Resources => ({
    cpuMillis: 100,
    memoryBytes: 0,
    gpu: { count: 1, shareMillis, models: [] },
  })

  it('fills the gap that only a small task can use and keeps the whole GPU for the large', () => {
    const snapshot = gpuCluster({ n1: gpus, n2: gpus })
    for (let count = 0; count < 20; count++) {
      snapshot.workload.add(share(700))
      snapshot.workload.add(share(300))
      snapshot.workload.add(share(1_000))
    }
    snapshot.placeTask({ ...placed('a', 'n2', share(700)), gpus: [1] })
    const [placement] = planOne(snapshot, share(300)).placements
    expect(placement).toMatchObject({ nodeId: 'n2', gpus: [1] })
    expect(placement?.decision.because).toContain('room of')
  })

  it('never puts two tasks on more than there is of one GPU, and says why a share waits', () => {
    const snapshot = gpuCluster({ n1: [{ model: 'T4', count: 2 }] })
    snapshot.placeTask({ ...placed('a', 'n1', share(600)), gpus: [0] })
    snapshot.placeTask({ ...placed('b', 'n1', share(600)), gpus: [1] })
    const [refusal] = planOne(snapshot, share(500)).refusals
    expect(refusal?.decision.because).toBe('1 node: 1 too little GPU')
    expect(refusal?.decision.filters).toContainEqual({
      filter: 'devices',
      removed: 1,
      example: 'needs 0.5 of a GPU, n1 has free: T4 0.4, T4 0.4',
    })
  })

  it('gives whole GPUs of an allowed model only', () => {
    const snapshot = gpuCluster({ n1: [{ model: 'T4', count: 1 }], n2: [{ model: 'A100', count: 2 }] })
    const need: Resources = { cpuMillis: 0, memoryBytes: 0, gpu: { count: 2, shareMillis: 1_000, models: ['A100'] } }
    expect(planOne(snapshot, need).placements[0]).toMatchObject({ nodeId: 'n2', gpus: [0, 1] })
    const other = { ...need, gpu: { count: 1, shareMillis: 1_000, models: ['H100'] } }
    expect(planOne(snapshot, other).refusals[0]?.decision.because).toBe('2 nodes: 2 no GPU of an allowed model')
  })

  it('finds the room again when the task ends', () => {
    const snapshot = gpuCluster({ n1: [{ model: 'T4', count: 1 }] })
    snapshot.placeTask({ ...placed('a', 'n1', share(1_000)), gpus: [0] })
    expect(planOne(snapshot, share(10)).placements).toEqual([])
    snapshot.releaseTask('a' as TaskId)
    expect(planOne(snapshot, share(10)).placements[0]?.gpus).toEqual([0])
  })
})

function gpuCluster(nodes: Record<string, readonly GpuOffer[]>): ClusterSnapshot {
  const snapshot = new ClusterSnapshot()
  for (const [id, gpus] of Object.entries(nodes)) {
    snapshot.upsertNode(
      aNode(id, { capacity: { cpuMillis: 64_000, memoryBytes: 2 ** 36, taskSlots: 64, gpus: [...gpus] } }),
      1,
    )
  }
  snapshot.complete = true
  return snapshot
}

function planOne(snapshot: ClusterSnapshot, resources: Resources) {
  const spec = aSpec('new', { resources, strategy: 'fragmentation-aware' })
  return plan(snapshot, [{ spec, task: aTask(spec) }], { random: seededRandom(1), nowMs: at(LATER) })
}

/** Room for every task of a test. */
const roomy = { cpuMillis: 1_000_000, memoryBytes: 2 ** 40, taskSlots: 10_000 }

function weighted(weights: Record<string, number>): ClusterSnapshot {
  const snapshot = new ClusterSnapshot()
  for (const [id, weight] of Object.entries(weights)) {
    snapshot.upsertNode(aNode(id, { labels: { weight: String(weight) }, capacity: roomy }), 1)
  }
  snapshot.complete = true
  return snapshot
}

function homeOf(snapshot: ClusterSnapshot, strategy: string, hashKey: string): string | undefined {
  const spec = aSpec('keyed', { strategy, hashKey })
  return plan(snapshot, [{ spec, task: aTask(spec) }], { random: seededRandom(1), nowMs: at(LATER) }).placements[0]
    ?.nodeId
}

/** Nodes of one size; `b1@b` stands in zone b. */
function clusterOf(...names: readonly string[]): ClusterSnapshot {
  const snapshot = new ClusterSnapshot()
  for (const name of names) {
    const [id = '', zone = 'a'] = name.split('@')
    snapshot.upsertNode(aNode(id, { zone }), 1)
  }
  snapshot.complete = true
  return snapshot
}

function placed(id: string, nodeId: string, resources: Resources, name = 'job'): PlacedTask {
  return { id: id as TaskId, name, nodeId: nodeId as NodeId, resources }
}

/** Where a strategy puts tasks of one name that come one after the other, each plan carried out before the next. */
function choicesOf(
  snapshot: ClusterSnapshot,
  strategy: string,
  count: number,
  seed = 1,
  remembered: (record: StrategyState) => void = () => undefined,
  changes: Partial<TaskSpec> = {},
): string[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => {
    taskNumber += 1
    const spec = aSpec(`t-${taskNumber}`, { name: 'job', strategy, ...changes })
    const made = plan(snapshot, [{ spec, task: aTask(spec) }], { random, nowMs: at(LATER) })
    const [placement] = made.placements
    if (!placement) return 'nowhere'
    for (const record of placement.remember) {
      snapshot.memory.take(record)
      remembered(record)
    }
    snapshot.placeTask({ ...aTask(spec), nodeId: placement.nodeId })
    return placement.nodeId
  })
}
