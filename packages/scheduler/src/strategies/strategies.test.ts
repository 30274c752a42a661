import type { NodeId, Resources, TaskId } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { aNode, aSpec, aTask, at } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { ClusterSnapshot, type PlacedTask } from '../cluster-snapshot.ts'
import { plan } from '../plan.ts'

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
function choicesOf(snapshot: ClusterSnapshot, strategy: string, count: number, seed = 1): string[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, index) => {
    const spec = aSpec(`t-${snapshot.cursor ?? ''}-${index}`, { name: 'job', strategy })
    const made = plan(snapshot, [{ spec, task: aTask(spec) }], { random, nowMs: at(0) })
    snapshot.cursor = made.cursor
    const [placement] = made.placements
    if (!placement) return 'nowhere'
    snapshot.placeTask({ ...aTask(spec), nodeId: placement.nodeId })
    return placement.nodeId
  })
}
