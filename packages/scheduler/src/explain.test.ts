import type { Node, NodeId, TaskSpec, UnixMs } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { aNode, aSpec, aTask } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClusterSnapshot } from './cluster-snapshot.ts'
import { explain, obstacleOn } from './explain.ts'
import type { Pending } from './plan-types.ts'

const context = { random: seededRandom(1), nowMs: 1_000 as UnixMs }
const GIB = 2 ** 30
const capacity = { cpuMillis: 4_000, memoryBytes: 8 * GIB, taskSlots: 16 }
const id = (text: string) => text as NodeId

function cluster(...nodes: readonly Node[]) {
  const snapshot = new ClusterSnapshot()
  for (const node of nodes) snapshot.upsertNode(node, 1)
  snapshot.complete = true
  return snapshot
}

function pending(spec: Partial<TaskSpec> = {}): Pending {
  const whole = aSpec('t1', spec)
  return { task: aTask(whole), spec: whole }
}

describe('explain', () => {
  it('names every rule that removes a node, and the remedy only when one change is enough', () => {
    const snapshot = cluster(
      aNode('n1', { capacity }),
      aNode('n2', { capacity, scheduling: 'cordoned' }),
      aNode('n3', { scheduling: 'cordoned', capacity: { ...capacity, memoryBytes: GIB } }),
    )
    const wants = pending({ resources: { cpuMillis: 100, memoryBytes: 2 * GIB } })
    expect(explain(snapshot, wants, id('n2'), context)?.asked).toMatchObject({
      outcome: 'removed',
      rules: [{ filter: 'ready', because: 'n2 is cordoned' }],
      remedy: 'Would fit with uncordoning n2.',
    })
    expect(explain(snapshot, wants, id('n3'), context)?.asked).toMatchObject({
      outcome: 'removed',
      rules: [{ filter: 'ready' }, { filter: 'resources' }],
      remedy: null,
      sentence: 'Not on n3: n3 is cordoned (ready); n3 needs 2 GiB, 1 GiB free (resources).',
    })
  })

  it('gives the rank and score of a node that lost, and the margin of the one that won', () => {
    const snapshot = cluster(aNode('n1', { capacity }), aNode('n2', { capacity }), aNode('n3', { capacity }))
    const held = { cpuMillis: 2_000, memoryBytes: GIB }
    snapshot.placeTask({ ...aTask(aSpec('x', { resources: held })), nodeId: id('n1') })
    const answer = explain(snapshot, pending(), id('n1'), context)
    expect(answer?.asked).toMatchObject({ outcome: 'eligible', rank: 3, rules: [] })
    expect(answer?.asked?.sentence).toBe('It could run on n1, 3. of 3 eligible nodes; least-loaded prefers n2.')
    expect(answer?.margin).toEqual({ overNodeId: 'n3', score: 0 })
  })

  it('invents no rank where the strategy does not score', () => {
    const snapshot = cluster(aNode('n1', { capacity }), aNode('n2', { capacity }))
    const answer = explain(snapshot, pending({ strategy: 'random' }), id('n2'), context)
    expect(answer?.asked).toMatchObject({ rank: null, score: null })
  })

  it('counts what each requirement removes first and what it alone removes', () => {
    const labels = { disk: 'ssd' }
    const snapshot = cluster(
      aNode('n1', { capacity, labels }),
      aNode('n2', { capacity }),
      aNode('n3', { capacity, scheduling: 'cordoned' }),
    )
    const wants = pending({ constraints: [{ label: 'disk', operator: 'in', values: ['ssd'] }] })
    const costs = explain(snapshot, wants, null, context)?.requirements ?? []
    const cost = (filter: string) => costs.find((each) => each.filter === filter)
    expect(cost('ready')).toMatchObject({ removed: 1, onlyIt: 0 })
    expect(cost('constraints')).toMatchObject({ removed: 1, onlyIt: 1 })
  })

  it('does not let the room that a task holds itself stand in its way', () => {
    const snapshot = cluster(aNode('n1', { capacity }))
    const spec = aSpec('t1', { resources: { cpuMillis: 3_000, memoryBytes: GIB } })
    const task = aTask(spec, { state: 'running', nodeId: id('n1'), attempt: 1 })
    snapshot.placeTask({ ...task, nodeId: id('n1') })
    expect(explain(snapshot, { task, spec }, id('n1'), context)?.asked?.outcome).toBe('chosen')
    expect(snapshot.reservedShare(id('n1'))).toBe(0.75)
  })

  it('agrees with the plan: the chosen node has no obstacle, and a node with one is never chosen', () => {
    const node = fc.record({
      cpuMillis: fc.integer({ min: 100, max: 4_000 }),
      scheduling: fc.constantFrom<Node['scheduling']>('open', 'cordoned'),
    })
    fc.assert(
      fc.property(
        fc.array(node, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 4_000 }),
        (nodes, cpuMillis) => {
          const snapshot = cluster(
            ...nodes.map((each, index) =>
              aNode(`n${index}`, { scheduling: each.scheduling, capacity: { ...capacity, cpuMillis: each.cpuMillis } }),
            ),
          )
          const wants = pending({ resources: { cpuMillis, memoryBytes: GIB } })
          for (const [index] of nodes.entries()) {
            const nodeId = id(`n${index}`)
            const answer = explain(snapshot, wants, nodeId, context)
            const obstacle = obstacleOn(snapshot, wants, nodeId, context)
            expect(answer?.asked?.outcome === 'removed').toBe(obstacle !== null)
            if (answer?.entry.nodeId === nodeId) expect(answer.asked?.outcome).toBe('chosen')
          }
        },
      ),
    )
  })
})
