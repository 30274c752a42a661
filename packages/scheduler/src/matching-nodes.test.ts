import { seededRandom } from '@quarterdeck/platform'
import { aNode, aSpec, aTask, at } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { ClusterSnapshot } from './cluster-snapshot.ts'
import { matchingNodes } from './matching-nodes.ts'

describe('the nodes that match a task', () => {
  it('are those that may run it, full ones included, by name; the others are counted by why', () => {
    const snapshot = new ClusterSnapshot()
    const nodes = [
      aNode('web-2', { labels: { disk: 'ssd' }, capacity: { cpuMillis: 1, memoryBytes: 1, taskSlots: 1 } }),
      aNode('web-1', { labels: { disk: 'ssd' } }),
      aNode('slow', { labels: { disk: 'hdd' } }),
      aNode('closed', { labels: { disk: 'ssd' }, scheduling: 'cordoned' }),
      aNode('gone', { labels: { disk: 'ssd' }, health: 'down' }),
    ]
    for (const node of nodes) snapshot.upsertNode(node, 1)
    const spec = aSpec('t1', { constraints: [{ label: 'disk', operator: 'in', values: ['ssd'] }] })
    const found = matchingNodes(snapshot, { task: aTask(spec), spec }, { random: seededRandom(1), nowMs: at(1_000) })
    expect(found.nodeIds).toEqual(['web-1', 'web-2'])
    expect(found.leftOut.reduce((sum, { count }) => sum + count, 0)).toBe(3)
    expect(found.leftOut.map(({ because }) => because)).toContain('cordoned')
  })
})
