import {
  type DrainOptions,
  type DrainPlan,
  drainOptionsSchema,
  type Node,
  type NodeId,
  type Operation,
  type OperationId,
  type PlanId,
  type Task,
  type TaskId,
  type TaskSpec,
} from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { ClusterSnapshot } from '@quarterdeck/scheduler'
import { aNode, aSpec, aTask, at } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assign } from '../task/assign.ts'
import { finishStop } from '../task/end-attempt.ts'
import { moveTo } from '../task/move-to.ts'
import { planDrain } from './plan-drain.ts'
import { type DrainStep, reconcileDrains } from './reconcile-drains.ts'

const web1 = 'web-1' as NodeId
const operationId = 'op-1' as OperationId
const MINUTE_MS = 60_000

describe('planDrain', () => {
  it.each<{
    readonly what: string
    readonly options: Partial<DrainOptions>
    readonly spec?: Partial<TaskSpec>
    readonly fate: string
    readonly to: string | null
    readonly because: string
  }>([
    {
      what: 'lets a task finish, then keeps it',
      options: {},
      fate: 'finishes-here',
      to: null,
      because: 'may finish here for 15m, then stays',
    },
    {
      what: 'lets a task finish, then moves it',
      options: { afterDeadline: 'force' },
      fate: 'finishes-here',
      to: 'web-2',
      because: 'may finish here for 15m, then moves to web-2',
    },
    {
      what: 'lets a task take its time',
      options: { mode: 'no-deadline' },
      fate: 'finishes-here',
      to: null,
      because: 'may finish here, however long it takes',
    },
    {
      what: 'moves a task that wants to be moved',
      options: {},
      spec: { onDrain: 'move' },
      fate: 'moves',
      to: 'web-2',
      because: 'least loaded of 1 eligible node (6 %)',
    },
    {
      what: 'moves everything now',
      options: { mode: 'now' },
      fate: 'moves',
      to: 'web-2',
      because: 'least loaded of 1 eligible node (6 %)',
    },
    {
      what: 'moves an exclusive task after its end is confirmed',
      options: { mode: 'now' },
      spec: { policy: 'exclusive' },
      fate: 'moves',
      to: 'web-2',
      because: 'once its processes here are confirmed gone; least loaded',
    },
    {
      what: 'ends an at-most-once task',
      options: { mode: 'now' },
      spec: { policy: 'at-most-once' },
      fate: 'ends',
      to: null,
      because: 'is stopped and never run again (at-most-once)',
    },
    {
      what: 'leaves a system task',
      options: { mode: 'now' },
      spec: { system: true },
      fate: 'stays',
      to: null,
      because: 'a system task: it belongs to the node',
    },
    {
      what: 'drains a system task when asked to',
      options: { mode: 'now', systemTasks: 'drain' },
      spec: { system: true },
      fate: 'moves',
      to: 'web-2',
      because: 'least loaded',
    },
    {
      what: 'finds no place for a task that is bound to the node',
      options: { mode: 'now' },
      spec: { onNodes: [web1] },
      fate: 'nowhere',
      to: null,
      because: '2 nodes: 1 being drained, 1 not among the nodes asked for',
    },
  ])('$what', ({ options, spec, fate, to, because }) => {
    const plan = preview([running('t1', spec)], options)
    expect(plan.moves).toMatchObject([
      { fate, toNodeId: to, fromNodeId: 'web-1', because: expect.stringContaining(because) },
    ])
  })

  it('changes nothing in the snapshot, and names the receiver that ends up fullest', () => {
    const tasks = [running('t1', { onDrain: 'move', resources: { cpuMillis: 1_000, memoryBytes: 0 } })]
    const snapshot = clusterWith(tasks)
    const plan = preview(tasks, {}, snapshot)
    expect(plan.busiest).toEqual({ nodeId: 'web-2', before: 0, after: 0.25 })
    expect(snapshot.reservedShare('web-2' as NodeId)).toBe(0)
    expect([...snapshot.tasksOn(web1)]).toEqual(['t1'])
  })

  it('warns of what is lost, of missing room and of an emptied zone, worst first', () => {
    const big = { resources: { cpuMillis: 3_000, memoryBytes: 0 } }
    const tasks = [running('once', { policy: 'at-most-once' }), running('t1', big), running('t2', big)]
    expect(preview(tasks, { mode: 'now' }).warnings).toEqual([
      '1 at-most-once task will be stopped and never run again.',
      'The rest of the cluster has room for 1 of 2 tasks. The others will wait in the queue.',
      'This empties zone eu-1.',
    ])
  })

  it('estimates from the run times of tasks of the same name, and not without any', () => {
    const tasks = [running('t1', { name: 'backup' })]
    const history = Array.from({ length: 10 }, (_, index) => (index + 1) * MINUTE_MS)
    const withHistory = (runTimesMs: readonly number[]) =>
      preview(tasks, { mode: 'no-deadline' }, undefined, runTimesMs).estimateMs
    // It has run for 58 s; half of them took 6 minutes, nine in ten took 10.
    expect(withHistory(history)).toEqual({ low: 6 * MINUTE_MS - 58_000, high: 10 * MINUTE_MS - 58_000 })
    expect(withHistory([])).toBeNull()
  })
})

describe('reconcileDrains', () => {
  it('drains an empty node at once, and ends the operation', () => {
    const step = look({ tasks: [] })
    expect(step.nodes).toMatchObject([{ scheduling: 'drained', drain: null }])
    expect(step.operations).toMatchObject([{ state: 'done', progress: [{ state: 'done', tasksLeft: 0 }] }])
    expect(step.events.map(({ text }) => text)).toEqual(['Node web-1 is drained: empty, safe to stop the machine'])
  })

  it('opens an empty node again when told to', () => {
    expect(look({ tasks: [], options: { whenEmpty: 'uncordon' } }).nodes).toMatchObject([{ scheduling: 'open' }])
  })

  it('is not drained while a task is being stopped', () => {
    const stopping = moveTo(running('t1').task, 'stopping', at(60_000))
    const step = look({ tasks: [stopping] })
    expect(step.nodes).toEqual([])
    expect(step.operations).toMatchObject([{ progress: [{ tasksLeft: 1, blockedBy: ['t1 (t1) is being stopped'] }] }])
  })

  it('counts a system task neither as work to move nor as a reason to wait', () => {
    expect(look({ tasks: [running('t1', { system: true }).task] }).nodes).toMatchObject([{ scheduling: 'drained' }])
  })

  it('waits for a task that may finish, and names it', () => {
    const step = look({ tasks: [running('t1').task] })
    expect(step.tasks).toEqual([])
    expect(step.operations).toMatchObject([{ progress: [{ blockedBy: ['t1 (t1) may finish until the deadline'] }] }])
  })

  it('keeps the rest at the deadline: the node ends cordoned', () => {
    const step = look({ tasks: [running('t1').task], nowMs: 60_000 + 15 * MINUTE_MS })
    expect(step.tasks).toEqual([])
    expect(step.nodes).toMatchObject([{ scheduling: 'cordoned', drain: null }])
    expect(step.operations).toMatchObject([{ state: 'done', progress: [{ state: 'done', tasksLeft: 1 }] }])
  })

  it('forces the rest at the deadline', () => {
    const step = look({
      tasks: [running('t1').task],
      options: { afterDeadline: 'force' },
      nowMs: 60_000 + 15 * MINUTE_MS,
    })
    expect(step.tasks).toMatchObject([{ task: { state: 'stopping', stop: { why: 'drain', becomes: 'queued' } } }])
    expect(step.nodes).toEqual([])
  })

  it('moves only as many at once as it may, counting those that have not landed yet', () => {
    const tasks = ['t1', 't2', 't3', 't4'].map((id) => running(id, { onDrain: 'move' }).task)
    const first = look({ tasks, options: { parallelMax: 2 } })
    expect(first.tasks.map(({ task }) => task.id)).toEqual(['t1', 't2'])

    const afterFirst = merge(tasks, first)
    expect(look({ tasks: afterFirst, options: { parallelMax: 2 } }).tasks).toEqual([])

    // t1 is gone from here and queued for the node that the plan names: still on the move.
    const queued = afterFirst.map((task) => (task.id === 't1' ? stoppedByAgent(task) : task))
    expect(queued[0]).toMatchObject({ state: 'queued', planned: { nodeId: 'web-2', operationId: 'op-1' } })
    expect(look({ tasks: queued, options: { parallelMax: 2 } }).tasks).toEqual([])

    const landed = queued.map((task) => (task.id === 't1' ? landedOn('web-2', task) : task))
    expect(look({ tasks: landed, options: { parallelMax: 2 } }).tasks.map(({ task }) => task.id)).toEqual(['t3'])
  })

  it('does not stop a task that has nowhere to go, until it must', () => {
    const tasks = [running('t1', { onDrain: 'move' }).task]
    const nowhere = new Map([['t1' as TaskId, '1 node: 1 too little memory']])
    const step = look({ tasks, nowhere })
    expect(step.tasks).toEqual([])
    expect(step.operations).toMatchObject([
      { progress: [{ blockedBy: ['t1 (t1) has nowhere to go: 1 node: 1 too little memory'] }] },
    ])
    expect(look({ tasks, nowhere, options: { mode: 'now' } }).tasks).toHaveLength(1)
  })

  it('stops an at-most-once task for good', () => {
    const step = look({ tasks: [running('t1', { policy: 'at-most-once' }).task], options: { mode: 'now' } })
    expect(step.tasks).toMatchObject([{ task: { stop: { becomes: 'cancelled' } } }])
  })

  it('closes the operation as stopped when an operator stopped the drain', () => {
    const node = aNode('web-1', { scheduling: 'cordoned', drain: null })
    expect(look({ tasks: [], node }).operations).toMatchObject([{ state: 'stopped', progress: [{ state: 'stopped' }] }])
  })

  it('ends an operation only when the tasks it moved have landed, and then says where', () => {
    const waiting = stoppedByAgent(merge([moving('t1')], look({ tasks: [moving('t1')] }))[0])
    const first = look({ tasks: [waiting], at: 62_000 })
    expect(first.nodes).toMatchObject([{ scheduling: 'drained' }])
    expect(first.operations).toMatchObject([{ state: 'running', actual: [{ fate: 'waiting' }] }])

    const node = aNode('web-1', { scheduling: 'drained', drain: null, schedulingSinceMs: at(62_000) })
    const [operation] = first.operations
    const second = look({ tasks: [landedOn('web-2', waiting)], node, operation })
    expect(second.operations).toMatchObject([{ state: 'done', actual: [{ fate: 'moved', toNodeId: 'web-2' }] }])
    const late = look({ tasks: [waiting], node, operation, nowMs: 61_500 + 10_000 })
    expect(late.operations).toMatchObject([{ state: 'done', actual: [{ fate: 'waiting' }] }])
  })

  it('does nothing twice: its step, once applied, leaves nothing to do', () => {
    const arbitraryTask = fc.record({
      onDrain: fc.constantFrom<TaskSpec['onDrain']>('finish', 'move'),
      policy: fc.constantFrom<TaskSpec['policy']>('at-least-once', 'at-most-once', 'exclusive'),
      system: fc.boolean(),
    })
    const arbitraryOptions = fc.record({
      mode: fc.constantFrom<DrainOptions['mode']>('wait', 'no-deadline', 'now'),
      afterDeadline: fc.constantFrom<DrainOptions['afterDeadline']>('keep', 'force'),
      systemTasks: fc.constantFrom<DrainOptions['systemTasks']>('leave', 'drain'),
      parallelMax: fc.integer({ min: 1, max: 4 }),
    })
    fc.assert(
      fc.property(
        fc.array(arbitraryTask, { maxLength: 8 }),
        arbitraryOptions,
        fc.constantFrom(61_000, 60_000 + 16 * MINUTE_MS),
        (shapes, options, nowMs) => {
          const tasks = shapes.map((shape, index) => running(`t${index}`, shape).task)
          const first = look({ tasks, options, nowMs })
          const settled = merge(tasks, first)
          const again = look({
            tasks: settled,
            options,
            nowMs,
            ...(first.nodes[0] ? { node: first.nodes[0] } : {}),
            ...(first.operations[0] ? { operation: first.operations[0] } : {}),
          })
          expect({ ...again, operations: again.operations.filter(({ state }) => state === 'running') }).toEqual({
            tasks: [],
            nodes: [],
            operations: [],
            events: [],
          })
        },
      ),
    )
  })
})

const specs = new Map<TaskId, TaskSpec>()

/** A task that has run on web-1 since 2 s. */
function running(id: string, changes: Partial<TaskSpec> = {}): { readonly task: Task; readonly spec: TaskSpec } {
  const spec = aSpec(id, changes)
  specs.set(spec.id, spec)
  const assigned = assign(aTask(spec), { nodeId: web1, epoch: 1, nowMs: at(1_000) }).task
  return { spec, task: moveTo(assigned, 'running', at(2_000), { startedAtMs: at(2_000) }) }
}

function moving(id: string): Task {
  return running(id, { onDrain: 'move' }).task
}

function clusterWith(tasks: readonly { readonly task: Task }[]): ClusterSnapshot {
  const snapshot = new ClusterSnapshot()
  snapshot.upsertNode(aNode('web-1', { zone: 'eu-1' }), 1)
  snapshot.upsertNode(aNode('web-2', { zone: 'eu-2' }), 1)
  for (const { task } of tasks) snapshot.placeTask({ ...task, nodeId: web1 })
  snapshot.complete = true
  return snapshot
}

function preview(
  tasks: readonly { readonly task: Task; readonly spec: TaskSpec }[],
  options: Partial<DrainOptions>,
  snapshot = clusterWith(tasks),
  runTimesMs: readonly number[] = [],
): DrainPlan {
  return planDrain(
    snapshot,
    {
      planId: 'plan-1' as PlanId,
      revision: 7,
      nodeIds: [web1],
      options: drainOptionsSchema.parse(options),
      tasks,
      runTimesMs: () => runTimesMs,
    },
    { random: seededRandom(1), nowMs: at(60_000) },
  )
}

type Scene = {
  readonly tasks: readonly Task[]
  readonly options?: Partial<DrainOptions>
  readonly nowMs?: number
  readonly at?: number
  readonly nowhere?: ReadonlyMap<TaskId, string>
  readonly node?: Node
  readonly operation?: Operation | undefined
}

/** One look at the drain of web-1, which began at 60 s with a plan that moves every task to web-2. */
function look(scene: Scene): DrainStep {
  const { tasks } = scene
  const options = drainOptionsSchema.parse(scene.options ?? {})
  const draining = aNode('web-1', {
    scheduling: 'draining',
    drain: { ...options, operationId, startedAtMs: at(60_000) },
  })
  const byId = new Map(tasks.map((task) => [task.id, task]))
  return reconcileDrains({
    nodes: [scene.node ?? draining],
    operations: [scene.operation ?? operationFor(tasks, options)],
    tasksOn: (nodeId) => tasks.filter((task) => task.nodeId === nodeId),
    taskOf: (id) => byId.get(id),
    specOf: (id) => specs.get(id),
    nowhere: scene.nowhere ?? new Map(),
    nowMs: at(scene.nowMs ?? scene.at ?? 61_000),
  })
}

function operationFor(tasks: readonly Task[], options: DrainOptions): Operation {
  const moves = tasks.map(({ id, name }) => ({
    taskId: id,
    name,
    fate: 'moves' as const,
    fromNodeId: web1,
    toNodeId: 'web-2' as NodeId,
    because: '',
  }))
  return {
    v: 1,
    id: operationId,
    kind: 'drain',
    nodeIds: [web1],
    by: 'user:ana',
    reason: 'kernel update',
    state: 'running',
    startedAtMs: at(60_000),
    endedAtMs: null,
    plan: { ...preview([], options), moves },
    actual: [],
    progress: [{ nodeId: web1, state: 'waiting', tasksAtStart: tasks.length, tasksLeft: tasks.length, blockedBy: [] }],
  }
}

function merge(tasks: readonly Task[], step: DrainStep): Task[] {
  const changed = new Map(step.tasks.map(({ task }) => [task.id, task]))
  return tasks.map((task) => changed.get(task.id) ?? task)
}

function stoppedByAgent(task: Task | undefined): Task {
  if (!task) throw new Error('the task was given')
  const exit = { code: null, signal: 'SIGTERM', error: 'stopped on request', outOfMemory: false, timedOut: null }
  const end = { exit, usage: null, startedAtMs: at(2_000), endedAtMs: at(61_500) }
  return finishStop(task, aSpec(task.id), end, { nowMs: at(61_500), random: seededRandom(1) }).task
}

function landedOn(nodeId: string, task: Task): Task {
  const assigned = assign(task, { nodeId: nodeId as NodeId, epoch: 1, nowMs: at(62_000) }).task
  return moveTo(assigned, 'running', at(62_100), { startedAtMs: at(62_100), planned: null })
}
