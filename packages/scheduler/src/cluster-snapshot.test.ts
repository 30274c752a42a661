import type { Node, NodeId } from '@quarterdeck/domain'
import { aNode, aSpec, aTask } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClusterSnapshot, type PlacedTask } from './cluster-snapshot.ts'

const resources = { cpuMillis: 500, memoryBytes: 2 ** 30 }

describe('ClusterSnapshot', () => {
  it('counts a task once, however often it is told of it, and where it is now', () => {
    const snapshot = clusterOf('n1', 'n2')
    snapshot.placeTask(placed('t1', 'n1'))
    snapshot.placeTask(placed('t1', 'n1'))
    expect(snapshot.reservedShare('n1' as NodeId)).toBe(0.125)
    snapshot.placeTask(placed('t1', 'n2'))
    expect(snapshot.reservedShare('n1' as NodeId)).toBe(0)
    expect([...snapshot.tasksOn('n2' as NodeId)]).toEqual(['t1'])
    snapshot.releaseTask(placed('t1', 'n2').id)
    snapshot.releaseTask(placed('t1', 'n2').id)
    expect(snapshot.reservedShare('n2' as NodeId)).toBe(0)
  })

  it('keeps the tasks of a node that is forgotten and comes back', () => {
    const snapshot = clusterOf('n1')
    snapshot.placeTask(placed('t1', 'n1'))
    snapshot.removeNode('n1' as NodeId)
    expect(snapshot.nodeCount).toBe(0)
    expect(snapshot.reservedShare('n1' as NodeId)).toBeNull()
    snapshot.upsertNode(aNode('n1'), 2)
    expect(snapshot.reservedShare('n1' as NodeId)).toBe(0.125)
  })

  it('counts a task on a node that it hears of later', () => {
    const snapshot = clusterOf()
    snapshot.placeTask(placed('t1', 'n1'))
    snapshot.upsertNode(aNode('n1', { zone: 'eu-2' }), 1)
    expect(snapshot.reservedShare('n1' as NodeId)).toBe(0.125)
    expect(snapshot.neighbours.of('job').inZone('eu-2')).toBe(1)
  })

  it('ends up the same after any history as when it is built anew', () => {
    fc.assert(
      fc.property(fc.array(arbitraryStep, { maxLength: 80 }), (steps) => {
        const kept = new ClusterSnapshot()
        const nodes = new Map<string, Node>()
        const tasks = new Map<string, PlacedTask>()
        for (const step of steps) {
          switch (step.kind) {
            case 'node': {
              const node = aNode(step.node, { zone: step.zone, scheduling: step.scheduling })
              nodes.set(step.node, node)
              kept.upsertNode(node, 1)
              break
            }
            case 'gone':
              nodes.delete(step.node)
              kept.removeNode(step.node as NodeId)
              break
            case 'place': {
              const task = placed(step.task, step.node)
              tasks.set(step.task, task)
              kept.placeTask(task)
              break
            }
            case 'release':
              tasks.delete(step.task)
              kept.releaseTask(placed(step.task, 'n1').id)
              break
            default:
              step satisfies never
          }
        }
        const fresh = new ClusterSnapshot()
        for (const node of nodes.values()) fresh.upsertNode(node, 1)
        for (const task of tasks.values()) fresh.placeTask(task)
        expect(summary(kept)).toEqual(summary(fresh))
      }),
    )
  })
})

const node = fc.constantFrom('n1', 'n2', 'n3', 'n4')
const task = fc.constantFrom('t1', 't2', 't3', 't4', 't5')
const zone = fc.constantFrom('eu-1', 'eu-2')
const arbitraryStep = fc.oneof(
  fc.record({
    kind: fc.constant('node' as const),
    node,
    zone,
    scheduling: fc.constantFrom<Node['scheduling']>('open', 'cordoned'),
  }),
  fc.record({ kind: fc.constant('gone' as const), node }),
  fc.record({ kind: fc.constant('place' as const), task, node }),
  fc.record({ kind: fc.constant('release' as const), task }),
)

function clusterOf(...ids: readonly string[]): ClusterSnapshot {
  const snapshot = new ClusterSnapshot()
  for (const id of ids) snapshot.upsertNode(aNode(id), 1)
  return snapshot
}

function placed(id: string, nodeId: string): PlacedTask {
  return { ...aTask(aSpec(id, { name: 'job', resources })), nodeId: nodeId as NodeId }
}

/** Everything that a plan reads, without the indexes, which depend on the history. */
function summary(snapshot: ClusterSnapshot) {
  const entries = [...snapshot.entries()].toSorted((left, right) => (left.node.id < right.node.id ? -1 : 1))
  const members = [...snapshot.classes.all()].flatMap(({ key, members: indexes }) =>
    indexes.map((index) => `${snapshot.entry(index)?.node.id} ${key}`),
  )
  return {
    count: snapshot.nodeCount,
    classes: members.toSorted(),
    nodes: entries.map(({ index, node: { id } }) => ({
      id,
      tasks: [...snapshot.tasksOn(id)].toSorted(),
      reserved: snapshot.reservedShare(id),
      slotsFree: snapshot.accounts.taskSlotsFree[index],
      sameName: snapshot.neighbours.of('job').onNode(index),
    })),
    zones: ['eu-1', 'eu-2', ''].map((each) => snapshot.neighbours.of('job').inZone(each)),
  }
}
