import type { Node, NodeId, TaskSpec } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { aNode, aSpec, aTask, at } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { ClusterSnapshot } from './cluster-snapshot.ts'
import { plan } from './plan.ts'

function made(nodes: readonly Node[], specs: readonly TaskSpec[], running: readonly [string, string][] = []) {
  const snapshot = new ClusterSnapshot()
  for (const node of nodes) snapshot.upsertNode(node, 1)
  for (const [id, nodeId] of running) {
    const spec = aSpec(id, { name: 'job' })
    snapshot.placeTask({ ...aTask(spec), nodeId: nodeId as NodeId })
  }
  snapshot.complete = true
  const pending = specs.map((spec) => ({ spec, task: aTask(spec) }))
  const { placements, refusals } = plan(snapshot, pending, { random: seededRandom(1), nowMs: at(1_000) })
  return {
    placed: placements.map(({ taskId, nodeId }) => `${taskId} ${nodeId}`).sort(),
    refused: refusals.map(({ taskId, decision }) => `${taskId}: ${decision.because}`),
  }
}

const job = (id: string, more: Partial<TaskSpec> = {}) => aSpec(id, { name: 'job', ...more })

describe('pools', () => {
  const nodes = [aNode('n1'), aNode('g1', { pool: 'gpu' })]

  it('keep work to its own pool, the pool default when it names none', () => {
    const { placed, refused } = made(nodes, [job('t1'), job('t2', { pool: 'gpu' }), job('t3', { pool: 'none' })])
    expect(placed).toEqual(['t1 n1', 't2 g1'])
    expect(refused).toEqual(['t3: 2 nodes: 2 not in pool none'])
  })

  it('are all open to work for any', () => {
    const nodesOf = made(
      nodes,
      Array.from({ length: 6 }, (_, n) => job(`t${n}`, { pool: 'any', strategy: 'spread' })),
    )
    expect(new Set(nodesOf.placed.map((each) => each.split(' ')[1]))).toEqual(new Set(['n1', 'g1']))
  })
})

describe('taints', () => {
  const taint = { key: 'team', value: 'ml', effect: 'no-schedule' } as const

  it.each([
    [[], 0],
    [[{ key: 'team' }], 1],
    [[{ key: 'team', value: 'ml' }], 1],
    [[{ key: 'team', value: 'web' }], 0],
    [[{ key: 'other' }], 0],
  ])('with tolerations %j let %d task in', (tolerations, count) => {
    const { placed, refused } = made([aNode('n1', { taints: [taint] })], [job('t1', { tolerations })])
    expect(placed).toHaveLength(count)
    if (count === 0) expect(refused).toEqual(['t1: 1 node: 1 tainted team'])
  })

  it('that prefer not are gone to when nothing else is left', () => {
    const mild = aNode('n1', { taints: [{ ...taint, effect: 'prefer-not' }] })
    expect(made([mild, aNode('n2')], [job('t1'), job('t2')]).placed).toEqual(['t1 n2', 't2 n2'])
    expect(made([mild], [job('t1')]).placed).toEqual(['t1 n1'])
  })
})

describe('a bulkhead', () => {
  it('lets so many of a job run in the cluster, those of the same plan counted', () => {
    const specs = ['t1', 't2', 't3'].map((id) => job(id, { concurrency: { running: 3 } }))
    const { placed, refused } = made([aNode('n1'), aNode('n2')], specs, [['r1', 'n1']])
    expect(placed).toHaveLength(2)
    expect(refused).toEqual(['t3: 3 of job are under way, the most that the job allows'])
  })

  it('lets so many run on one node', () => {
    const specs = ['t1', 't2', 't3', 't4'].map((id) => job(id, { concurrency: { perNode: 2 } }))
    const { placed, refused } = made([aNode('n1'), aNode('n2')], specs, [['r1', 'n1']])
    expect(placed.map((each) => each.split(' ')[1]).sort()).toEqual(['n1', 'n2', 'n2'])
    expect(refused).toEqual(['t4: 2 nodes: 2 job at its limit there'])
  })

  it('of one job does not hold up another', () => {
    const { placed } = made(
      [aNode('n1')],
      [aSpec('t1', { name: 'other' })],
      [
        ['r1', 'n1'],
        ['r2', 'n1'],
      ],
    )
    expect(placed).toEqual(['t1 n1'])
  })
})
