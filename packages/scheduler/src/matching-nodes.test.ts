import type { NodeId, TaskId } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { aNode, aSpec, aTask, at } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { ClusterSnapshot } from './cluster-snapshot.ts'
import { matchingNodes } from './matching-nodes.ts'

describe('the nodes that match a task', () => {
  it('are those that may run it, full ones included, by name; the others are counted by why', () => {
    const snapshot = new ClusterSnapshot()
    const nodes = [
      aNode('web-2', {
        labels: { disk: 'ssd' },
        capacity: roomFor(1),
      }),
      aNode('tiny', { labels: { disk: 'ssd' }, capacity: { cpuMillis: 1, memoryBytes: 1, taskSlots: 1 } }),
      aNode('web-1', { labels: { disk: 'ssd' } }),
      aNode('slow', { labels: { disk: 'hdd' } }),
      aNode('closed', { labels: { disk: 'ssd' }, scheduling: 'cordoned' }),
      aNode('gone', { labels: { disk: 'ssd' }, health: 'down' }),
    ]
    for (const node of nodes) snapshot.upsertNode(node, 1)
    const full = aSpec('full', roomOf(1))
    snapshot.placeTask({ ...aTask(full), nodeId: 'web-2' as NodeId })
    const spec = aSpec('t1', { constraints: [{ label: 'disk', operator: 'in', values: ['ssd'] }] })
    const found = matchingNodes(snapshot, { task: aTask(spec), spec }, { random: seededRandom(1), nowMs: at(1_000) })
    expect(found.nodeIds).toEqual(['web-1', 'web-2'])
    expect(found.leftOut.reduce((sum, { count }) => sum + count, 0)).toBe(4)
    expect(found.leftOut.map(({ because }) => because)).toEqual(
      expect.arrayContaining(['cordoned', 'too little memory']),
    )
  })
  it('count what they would have when empty, and not who is there now: it would be the task itself', () => {
    const snapshot = new ClusterSnapshot()
    const gpus = [{ model: 'T4', count: 1 }]
    const ports = { from: 20_000, to: 20_000 }
    snapshot.upsertNode(aNode('n1', { capacity: { ...roomFor(2), gpus, ports } }), 1)
    const spec = aSpec('t1', {
      name: 'job',
      resources: { cpuMillis: 1_000, memoryBytes: 1_000, gpu: { count: 1, shareMillis: 1_000, models: [] } },
      ports: [{ name: 'http', port: 8080 }],
      concurrency: { perNode: 1 },
      taskAffinities: [{ how: 'apart', job: 'job', within: 'node' }],
      spreadOver: [{ label: 'zone', skewMax: 1 }],
    })
    const given = { gpus: [0], ports: [{ name: 'http', port: 8080 }] }
    snapshot.placeTask({ ...aTask(spec), id: 'old' as TaskId, nodeId: 'n1' as NodeId, ...given })
    const found = matchingNodes(snapshot, { task: aTask(spec), spec }, { random: seededRandom(1), nowMs: at(1_000) })
    expect(found).toEqual({ nodeIds: ['n1'], leftOut: [] })
  })
})

function roomFor(tasks: number) {
  return { cpuMillis: 1_000 * tasks, memoryBytes: 64 * 1024 * 1024 * tasks, taskSlots: tasks }
}

function roomOf(tasks: number) {
  const { cpuMillis, memoryBytes } = roomFor(tasks)
  return { resources: { cpuMillis, memoryBytes } }
}
