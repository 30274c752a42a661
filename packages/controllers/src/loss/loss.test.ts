import type { NodeId, Task, UnixMs } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { ClusterSnapshot, type Pending } from '@quarterdeck/scheduler'
import { aNode, aSpec, aTask } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeLoss, judgeSurvivability } from './judge-loss.ts'
import { planLoss } from './plan-loss.ts'

const context = () => ({ random: seededRandom(1), nowMs: 1_000_000 as UnixMs })

function cluster(nodes: readonly { id: string; zone?: string; slots?: number }[], placed: readonly Partial<Task>[]) {
  const snapshot = new ClusterSnapshot()
  for (const { id, zone = 'z1', slots = 16 } of nodes) {
    const capacity = { cpuMillis: 4_000, memoryBytes: 8 * 2 ** 30, taskSlots: slots }
    snapshot.upsertNode(aNode(id, { zone, capacity }), 1)
  }
  const tasks = placed.map((change, index): Pending => {
    const spec = aSpec(`t${index}`)
    const task = aTask(spec, { state: 'running', attempt: 1, ...change })
    if (task.nodeId) snapshot.placeTask({ ...task, nodeId: task.nodeId })
    return { task, spec }
  })
  snapshot.complete = true
  return { snapshot, tasks }
}

describe('the loss of a node', () => {
  it('says where each task would begin again, which would wait, and which have nowhere to go', () => {
    const { snapshot, tasks } = cluster(
      [{ id: 'n1' }, { id: 'n2', slots: 1 }],
      [
        { nodeId: 'n1' as NodeId, name: 'first' },
        { nodeId: 'n1' as NodeId, name: 'second' },
        { nodeId: 'n1' as NodeId, name: 'once', policy: 'at-most-once' },
        {
          nodeId: 'n1' as NodeId,
          name: 'ending',
          stop: {
            why: 'cancel',
            becomes: 'cancelled',
            by: 'ana',
            requestedAtMs: 1 as UnixMs,
            graceMs: 1,
            timeout: null,
          },
        },
      ],
    )
    const loss = planLoss(snapshot, { nodeIds: ['n1' as NodeId], revision: 7, tasks }, context())
    expect(loss.counts).toEqual({ move: 1, wait: 1, nowhere: 1 })
    expect(loss.moves.map(({ name, fate }) => `${name} ${fate}`)).toEqual([
      'second nowhere',
      'once stays',
      'first moves',
    ])
    expect(loss.moves.find(({ fate }) => fate === 'moves')?.toNodeId).toBe('n2')
    expect(loss.moves.find(({ fate }) => fate === 'nowhere')?.because).toContain('1 taken for lost')
    expect(judgeLoss('node', 'n1', loss)).toMatchObject({ survives: false, nowhere: 1 })
  })

  it('never sends anything to a node that is lost, and leaves the snapshot as it was', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer(),
        (nodeCount, taskCount, seed) => {
          const nodes = Array.from({ length: nodeCount }, (_, index) => ({
            id: `n${index}`,
            zone: `z${index % 2}`,
            slots: 4,
          }))
          const placed = Array.from({ length: taskCount }, (_, index) => ({
            nodeId: `n${index % nodeCount}` as NodeId,
          }))
          const { snapshot, tasks } = cluster(nodes, placed)
          const lost = nodes.filter(({ zone }) => zone === 'z0').map(({ id }) => id as NodeId)
          const before = nodes.map(({ id }) => snapshot.reservedShare(id as NodeId))
          const onLost = tasks.filter(({ task }) => task.nodeId !== null && lost.includes(task.nodeId))
          const loss = planLoss(
            snapshot,
            { nodeIds: lost, revision: 1, tasks: onLost },
            { random: seededRandom(seed), nowMs: 1 as UnixMs },
          )
          expect(loss.moves.every(({ toNodeId }) => toNodeId === null || !lost.includes(toNodeId))).toBe(true)
          expect(loss.counts.move + loss.counts.wait + loss.counts.nowhere).toBe(onLost.length)
          expect(nodes.map(({ id }) => snapshot.reservedShare(id as NodeId))).toEqual(before)
        },
      ),
    )
  })
})

describe('survivability', () => {
  const loss = (id: string, nowhere: number, kind: 'node' | 'zone' = 'node') => ({
    kind,
    id,
    survives: nowhere === 0,
    move: 1,
    wait: 0,
    nowhere,
    because: nowhere > 0 ? 'billing: 2 nodes: 2 too little memory' : null,
  })

  it('is one sentence, with the worst first', () => {
    const judged = judgeSurvivability({
      nodes: [loss('n1', 0), loss('n2', 3), loss('n3', 1)],
      zones: [loss('a', 0, 'zone'), loss('b', 4, 'zone')],
      nodesTotal: 5,
      computedAtMs: 9 as UnixMs,
    })
    expect(judged.nodes.map(({ id }) => id)).toEqual(['n2', 'n3', 'n1'])
    expect(judged).toMatchObject({ anyNode: false, anyZone: false, nodesChecked: 3, nodesTotal: 5 })
    expect(judged.sentence).toBe(
      'Not every node can be lost: n2 and 1 more nodes would leave work behind. Zone b cannot be lost: billing: 2 nodes: 2 too little memory.',
    )
  })

  it('never calls a cluster of one zone able to lose it', () => {
    const judged = judgeSurvivability({
      nodes: [],
      zones: [loss('a', 0, 'zone')],
      nodesTotal: 1,
      computedAtMs: 9 as UnixMs,
    })
    expect(judged).toMatchObject({ anyNode: true, anyZone: false })
    expect(judged.sentence).toBe('Any one node can be lost. There is only one zone, so it cannot be lost.')
  })
})
