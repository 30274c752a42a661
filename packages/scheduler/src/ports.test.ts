import type { NodeId, PortRange, TaskSpec } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { aNode, aSpec, aTask, at } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { ClusterSnapshot } from './cluster-snapshot.ts'
import { plan } from './plan.ts'

const nodeWith = (id: string, ports: PortRange | undefined) => {
  const node = aNode(id)
  return { ...node, capacity: { ...node.capacity, ...(ports ? { ports } : {}) } }
}

function clusterOf(...ranges: readonly (PortRange | undefined)[]): ClusterSnapshot {
  const snapshot = new ClusterSnapshot()
  for (const [n, range] of ranges.entries()) snapshot.upsertNode(nodeWith(`n${n + 1}`, range), 1)
  snapshot.complete = true
  return snapshot
}

function planned(snapshot: ClusterSnapshot, specs: readonly TaskSpec[], seed = 1) {
  const pending = specs.map((spec) => ({ spec, task: aTask(spec) }))
  return plan(snapshot, pending, { random: seededRandom(seed), nowMs: at(1) })
}

const web = (id: string, ports: TaskSpec['ports']) => aSpec(id, { name: 'web', ports })
const five = { from: 20_000, to: 20_004 }

describe('named ports', () => {
  it('are given out of the range of the node, each to one task', () => {
    const specs = ['a', 'b'].map((id) => web(id, [{ name: 'http' }, { name: 'admin' }]))
    const { placements } = planned(clusterOf(five), specs)
    const given = placements.flatMap(({ ports }) => ports)
    expect(given.map(({ name }) => name)).toEqual(['http', 'admin', 'http', 'admin'])
    expect(new Set(given.map(({ port }) => port)).size).toBe(4)
    for (const { port } of given) expect(port >= five.from && port <= five.to).toBe(true)
  })

  it('make a task wait when too few are free, and the refusal says how many are held', () => {
    const specs = ['a', 'b', 'c'].map((id) => web(id, [{ name: 'http' }, { name: 'admin' }]))
    const { refusals } = planned(clusterOf(five), specs)
    expect(refusals.map(({ decision }) => decision.because)).toEqual(['1 node: 1 no free port'])
    expect(refusals[0]?.decision.filters.find(({ filter }) => filter === 'ports')?.example).toBe(
      'n1 gives the ports 20000 to 20004, 4 of its ports are held',
    )
  })

  it('with a number go to a node where it is free, one task a node', () => {
    const specs = ['a', 'b', 'c'].map((id) => web(id, [{ name: 'http', port: 8080 }]))
    const { placements, refusals } = planned(clusterOf(five, five), specs)
    expect(placements.map(({ nodeId }) => nodeId).sort()).toEqual(['n1', 'n2'])
    expect(placements.every(({ ports }) => ports[0]?.port === 8080)).toBe(true)
    expect(refusals[0]?.decision.because).toBe('2 nodes: 2 port taken')
  })

  it('beside a number of the same task are never that number', () => {
    const two = { from: 20_000, to: 20_001 }
    for (let seed = 0; seed < 20; seed++) {
      const [placement] = planned(
        clusterOf(two),
        [web('a', [{ name: 'http' }, { name: 'admin', port: 20_000 }])],
        seed,
      ).placements
      expect(placement?.ports).toEqual([
        { name: 'http', port: 20_001 },
        { name: 'admin', port: 20_000 },
      ])
    }
  })

  it('are given by no node whose agent names no range', () => {
    expect(planned(clusterOf(undefined), [web('a', [{ name: 'http' }])]).refusals[0]?.decision.because).toBe(
      '1 node: 1 gives no ports',
    )
  })

  it('come back when the task ends', () => {
    const snapshot = clusterOf({ from: 20_000, to: 20_000 })
    const spec = web('a', [{ name: 'http' }])
    const task = { ...aTask(spec), nodeId: 'n1' as NodeId, ports: [{ name: 'http', port: 20_000 }] }
    snapshot.placeTask(task)
    const next = web('b', [{ name: 'http' }])
    expect(planned(snapshot, [next]).placements).toHaveLength(0)
    snapshot.releaseTask(task.id)
    expect(planned(snapshot, [next]).placements).toHaveLength(1)
  })
})
