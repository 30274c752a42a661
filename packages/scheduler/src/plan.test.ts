import type { Node, NodeId, OperationId, Task, TaskId, TaskSpec } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { aNode, aSpec, aTask, at } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClusterSnapshot } from './cluster-snapshot.ts'
import { plan } from './plan.ts'
import type { Pending, PlanContext } from './plan-types.ts'
import { strategies } from './strategies/registry.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30
const context = (seed = 1): PlanContext => ({ random: seededRandom(seed), nowMs: at(1_000) })

describe('plan', () => {
  it('places a task with the node, its revision and the reason', () => {
    const snapshot = clusterOf(aNode('web-1'), aNode('web-2'))
    const [placement] = plan(snapshot, [pending('t1')], context()).placements
    expect(placement).toMatchObject({
      taskId: 't1',
      nodeId: 'web-1',
      nodeRevision: 10,
      decision: {
        outcome: 'placed',
        attempt: 1,
        strategy: 'least-loaded',
        considered: 2,
        eligible: 2,
        because: 'least loaded of 2 eligible nodes (6 %)',
      },
    })
    expect(placement?.decision.top.map(({ nodeId }) => nodeId)).toEqual(['web-1', 'web-2'])
  })

  it('says why a task waits, with counts over the cluster and real numbers for one node', () => {
    const small = { cpuMillis: 4_000, memoryBytes: 512 * MIB, taskSlots: 16 }
    const snapshot = clusterOf(
      ...many(9, (name) => aNode(`small-${name}`, { capacity: small })),
      ...many(5, (name) => aNode(`closed-${name}`, { scheduling: 'cordoned' })),
    )
    const big = pending('t1', { resources: { cpuMillis: 100, memoryBytes: 2 * GIB } })
    const [refusal] = plan(snapshot, [big], context()).refusals
    expect(refusal?.decision.because).toBe('14 nodes: 9 too little memory, 5 cordoned')
    expect(refusal?.decision.filters).toContainEqual({
      filter: 'resources',
      removed: 9,
      example: 'small-1 needs 2 GiB, 512 MiB free',
    })
    expect(refusal?.decision.wouldFit).toBe('Would fit with uncordoning closed-1.')
  })

  it.each<{
    readonly what: string
    readonly node: Partial<Node>
    readonly spec: Partial<TaskSpec>
    readonly wouldFit: string | null
  }>([
    {
      what: 'more room on a node that could have it',
      node: {},
      spec: { resources: { cpuMillis: 3_900, memoryBytes: 7 * GIB } },
      wouldFit: 'Would fit with 0.2 CPU more free on n1.',
    },
    {
      what: 'a larger node, when none could ever have the room',
      node: {},
      spec: { resources: { cpuMillis: 100, memoryBytes: 64 * GIB } },
      wouldFit: 'Would fit with a node with 64 GiB of memory.',
    },
    {
      what: 'a label',
      node: { labels: { disk: 'hdd' } },
      spec: { constraints: [{ label: 'disk', operator: 'in', values: ['ssd'] }] },
      wouldFit: 'Would fit with disk=ssd on n1.',
    },
    {
      what: 'a worker with the handler',
      node: {},
      spec: { driver: 'handler', exec: undefined, handler: { name: 'resize', input: null } } as Partial<TaskSpec>,
      wouldFit: 'Would fit with a worker with the handler "resize" on n1.',
    },
    {
      what: 'a node that comes back',
      node: { health: 'suspect' },
      spec: {},
      wouldFit: 'Would fit with n1 coming back (it is suspect).',
    },
    {
      what: 'nothing, when one change is not enough',
      node: { health: 'down' },
      spec: { resources: { cpuMillis: 100, memoryBytes: 64 * GIB } },
      wouldFit: null,
    },
  ])('names as the smallest change that would help: $what', ({ node, spec, wouldFit }) => {
    const snapshot = clusterOf(aNode('n1', node))
    snapshot.placeTask({
      ...aTask(aSpec('busy')),
      nodeId: 'n1' as NodeId,
      resources: { cpuMillis: 300, memoryBytes: GIB / 2 },
    })
    const [refusal] = plan(snapshot, [pending('t1', spec)], context()).refusals
    expect(refusal?.decision.wouldFit).toBe(wouldFit)
  })

  it('places nothing from a snapshot that is not complete', () => {
    const snapshot = clusterOf(aNode('web-1'))
    snapshot.complete = false
    const made = plan(snapshot, [pending('t1')], context())
    expect(made.placements).toEqual([])
    expect(made.refusals[0]?.decision.because).toBe('the view of the cluster is not complete yet')
  })

  it('says so when no node has joined', () => {
    const [refusal] = plan(clusterOf(), [pending('t1')], context()).refusals
    expect(refusal?.decision).toMatchObject({ because: 'no node has joined the cluster', wouldFit: null })
  })

  it('serves by priority, then first come first served', () => {
    const snapshot = clusterOf(aNode('n1', { capacity: { cpuMillis: 4_000, memoryBytes: GIB, taskSlots: 2 } }))
    const made = plan(
      snapshot,
      [
        pending('late', {}, { createdAtMs: at(30) }),
        pending('early', {}, { createdAtMs: at(10) }),
        pending('urgent', { priority: 90 }, { createdAtMs: at(40) }),
      ],
      context(),
    )
    expect(made.placements.map(({ taskId }) => taskId)).toEqual(['urgent', 'early'])
    expect(made.refusals[0]?.decision.because).toBe('1 node: 1 no free task slot')
  })

  it('lets a small task pass one that does not fit', () => {
    const snapshot = clusterOf(aNode('n1'))
    const big = pending('big', { resources: { cpuMillis: 9_000, memoryBytes: 0 }, priority: 99 })
    const made = plan(snapshot, [big, pending('small')], context())
    expect(made.placements.map(({ taskId }) => taskId)).toEqual(['small'])
  })

  it('takes the node that an executed plan names, for as long as it has room', () => {
    const planned = { nodeId: 'web-2' as NodeId, operationId: 'op-1' as OperationId }
    const snapshot = clusterOf(aNode('web-1'), aNode('web-2'))
    const [first] = plan(snapshot, [pending('t1', {}, { planned })], context()).placements
    expect(first).toMatchObject({ nodeId: 'web-2', decision: { because: 'as planned by operation op-1' } })

    snapshot.upsertNode(aNode('web-2', { scheduling: 'cordoned' }), 11)
    const [second] = plan(snapshot, [pending('t1', {}, { planned })], context()).placements
    expect(second?.nodeId).toBe('web-1')
  })

  it('takes another node than the one it would rather avoid, and that one when there is no other', () => {
    const avoid: Task['avoid'] = [{ nodeId: 'web-1' as NodeId, untilMs: at(9_000), how: 'prefer' }]
    const snapshot = clusterOf(aNode('web-1'), aNode('web-2'))
    const elsewhere = plan(snapshot, [pending('t1', {}, { avoid })], context()).placements[0]
    expect(elsewhere?.nodeId).toBe('web-2')
    expect(elsewhere?.decision.because).toContain('other nodes than web-1 first')

    snapshot.removeNode('web-2' as NodeId)
    const back = plan(snapshot, [pending('t1', {}, { avoid })], context()).placements[0]
    expect(back?.nodeId).toBe('web-1')
  })

  it('never uses a node that rejected the task until its time is over', () => {
    const avoid: Task['avoid'] = [{ nodeId: 'web-1' as NodeId, untilMs: at(9_000), how: 'never' }]
    const snapshot = clusterOf(aNode('web-1'))
    const task = pending('t1', {}, { avoid })
    expect(plan(snapshot, [task], context()).refusals[0]?.decision.because).toBe('1 node: 1 rejected it before')
    expect(plan(snapshot, [task], { ...context(), nowMs: at(9_000) }).placements).toHaveLength(1)
  })

  it('treats nodes that a drain is about to close as closed', () => {
    const snapshot = clusterOf(aNode('web-1'), aNode('web-2'))
    const made = plan(snapshot, [pending('t1')], { ...context(), closedNodes: new Set(['web-1' as NodeId]) })
    expect(made.placements[0]?.nodeId).toBe('web-2')
  })

  it('refuses a strategy that does not exist, by its name', () => {
    const [refusal] = plan(clusterOf(aNode('n1')), [pending('t1', { strategy: 'best' })], context()).refusals
    expect(refusal?.decision.because).toBe('there is no strategy "best"')
  })

  describe.each(strategies.map(({ name }) => name))('with %s', (strategy) => {
    it('never takes more of a node than it has, and leaves the snapshot as it was', () => {
      fc.assert(
        fc.property(arbitraryCluster, fc.array(arbitraryNeed, { maxLength: 40 }), fc.nat(), (nodes, needs, seed) => {
          const snapshot = clusterOf(...nodes)
          const before = freeOf(snapshot)
          const tasks = needs.map((resources, index) => pending(`t${index}`, { resources, strategy }))
          const made = plan(snapshot, tasks, context(seed))
          expect(freeOf(snapshot)).toEqual(before)

          for (const { taskId, nodeId } of made.placements) {
            const task = tasks.find(({ task: { id } }) => id === taskId)
            if (task) snapshot.placeTask({ ...task.task, nodeId })
          }
          for (const { cpu, memory, slots } of freeOf(snapshot)) {
            expect(Math.min(cpu, memory, slots)).toBeGreaterThanOrEqual(0)
          }
        }),
      )
    })

    it('gives the same plan for the same seed', () => {
      fc.assert(
        fc.property(arbitraryCluster, fc.array(arbitraryNeed, { maxLength: 20 }), fc.nat(), (nodes, needs, seed) => {
          const tasks = needs.map((resources, index) => pending(`t${index}`, { resources, strategy }))
          expect(plan(clusterOf(...nodes), tasks, context(seed))).toEqual(
            plan(clusterOf(...nodes), tasks, context(seed)),
          )
        }),
        { numRuns: 30 },
      )
    })

    it('answers each task once, and counts every node once in a refusal', () => {
      fc.assert(
        fc.property(arbitraryCluster, fc.array(arbitraryNeed, { maxLength: 20 }), (nodes, needs) => {
          const tasks = needs.map((resources, index) => pending(`t${index}`, { resources, strategy }))
          const { placements, refusals } = plan(clusterOf(...nodes), tasks, context())
          const answered = [...placements, ...refusals].map(({ taskId }) => taskId)
          expect(answered.toSorted()).toEqual(tasks.map(({ task }) => task.id).toSorted())
          for (const { decision } of refusals) {
            expect(decision.filters.reduce((sum, { removed }) => sum + removed, 0)).toBe(nodes.length)
          }
        }),
        { numRuns: 50 },
      )
    })

    it('places 1,000 tasks on 10,000 nodes', () => {
      const snapshot = clusterOf(...many(10_000, (name) => aNode(`n${name}`, { zone: `zone-${Number(name) % 5}` })))
      const tasks = many(1_000, (name) => pending(`t${name}`, { strategy }))
      expect(plan(snapshot, tasks, context()).placements).toHaveLength(1_000)
    })
  })
})

const arbitraryNode = fc.record({
  capacity: fc.record({
    cpuMillis: fc.constantFrom(1_000, 4_000),
    memoryBytes: fc.constantFrom(GIB, 4 * GIB),
    taskSlots: fc.integer({ min: 1, max: 5 }),
  }),
  zone: fc.constantFrom('eu-1', 'eu-2'),
  health: fc.constantFrom<Node['health']>('ready', 'ready', 'ready', 'suspect'),
  scheduling: fc.constantFrom<Node['scheduling']>('open', 'open', 'open', 'cordoned'),
})
const arbitraryCluster = fc
  .array(arbitraryNode, { maxLength: 8 })
  .map((shapes) => shapes.map((shape, index) => aNode(`n${index}`, shape)))
const arbitraryNeed = fc.record({
  cpuMillis: fc.constantFrom(0, 100, 900, 2_000),
  memoryBytes: fc.constantFrom(0, 64 * MIB, GIB),
})

function clusterOf(...nodes: readonly Node[]): ClusterSnapshot {
  const snapshot = new ClusterSnapshot()
  for (const node of nodes) snapshot.upsertNode(node, 10)
  snapshot.complete = true
  return snapshot
}

function pending(id: string, spec: Partial<TaskSpec> = {}, task: Partial<Task> = {}): Pending {
  const whole = aSpec(id, { name: 'job', ...spec })
  return { spec: whole, task: aTask(whole, { id: id as TaskId, ...task }) }
}

function freeOf(snapshot: ClusterSnapshot) {
  const { accounts } = snapshot
  return [...snapshot.entries()].map(({ index }) => ({
    cpu: accounts.cpuMillisFree[index] ?? Number.NaN,
    memory: accounts.memoryBytesFree[index] ?? Number.NaN,
    slots: accounts.taskSlotsFree[index] ?? Number.NaN,
  }))
}

function many<Value>(count: number, make: (name: string) => Value): Value[] {
  return Array.from({ length: count }, (_, index) => make(String(index + 1)))
}
