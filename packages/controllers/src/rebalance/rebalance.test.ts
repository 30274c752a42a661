import type { NodeId, Operation, OperationId, RebalancePlan, Task, TaskId, UnixMs } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { ClusterSnapshot, type Pending } from '@quarterdeck/scheduler'
import { aNode, aSpec, aTask } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adviseRebalance } from './advise-rebalance.ts'
import { reconcileRebalance } from './reconcile-rebalance.ts'
import { sharesBy, skewOf } from './skew.ts'

const context = () => ({ random: seededRandom(1), nowMs: 1_000_000 as UnixMs })
const GIB = 2 ** 30
const id = (text: string) => text as NodeId

type Placed = { readonly on: number; readonly cpuMillis: number; readonly movable?: boolean }

function cluster(nodeCount: number, placed: readonly Placed[], cordoned: readonly number[] = []) {
  const snapshot = new ClusterSnapshot()
  const capacity = { cpuMillis: 4_000, memoryBytes: 8 * GIB, taskSlots: 6 }
  for (let n = 0; n < nodeCount; n++) {
    snapshot.upsertNode(aNode(`n${n}`, { capacity, scheduling: cordoned.includes(n) ? 'cordoned' : 'open' }), 1)
  }
  const tasks = placed.map(({ on, cpuMillis, movable = true }, index): Pending => {
    const resources = { cpuMillis, memoryBytes: GIB / 8 }
    const spec = aSpec(`t${index}`, { resources, onDrain: movable ? 'move' : 'finish' })
    const task = aTask(spec, { state: 'running', attempt: 1, nodeId: id(`n${on}`) })
    snapshot.placeTask({ ...task, nodeId: id(`n${on}`) })
    return { task, spec }
  })
  snapshot.complete = true
  return { snapshot, tasks }
}

const anyCluster = fc
  .record({
    nodeCount: fc.integer({ min: 1, max: 7 }),
    placed: fc.array(
      fc.record({
        on: fc.nat(6),
        cpuMillis: fc.integer({ min: 50, max: 2_000 }),
        movable: fc.boolean(),
      }),
      { maxLength: 24 },
    ),
    cordoned: fc.array(fc.nat(6), { maxLength: 2 }),
  })
  .map(({ nodeCount, placed, cordoned }) => ({
    nodeCount,
    cordoned,
    placed: placed.map((each) => ({ ...each, on: each.on % nodeCount })),
  }))

describe('the advice', () => {
  it('names the one move that evens two nodes out', () => {
    const { snapshot, tasks } = cluster(2, [
      { on: 0, cpuMillis: 1_000 },
      { on: 0, cpuMillis: 1_000 },
    ])
    const advice = adviseRebalance(snapshot, { tasks, revision: 3 }, context())
    expect(advice.moves).toMatchObject([
      { fromNodeId: 'n0', toNodeId: 'n1', because: 'n0 50 % -> 25 %, n1 0 % -> 25 % reserved' },
    ])
    expect(advice).toMatchObject({ skewBefore: 1, skewAfter: 0, nodesCompared: 2, tasksMovable: 2, revision: 3 })
  })

  it('is empty on a balanced cluster, and where nothing says that it may be moved', () => {
    const balanced = cluster(
      3,
      [0, 1, 2].map((on) => ({ on, cpuMillis: 1_000 })),
    )
    expect(adviseRebalance(balanced.snapshot, { tasks: balanced.tasks, revision: 1 }, context()).moves).toEqual([])
    const fixed = cluster(
      2,
      [0, 0, 0].map((on) => ({ on, cpuMillis: 1_000, movable: false })),
    )
    const advice = adviseRebalance(fixed.snapshot, { tasks: fixed.tasks, revision: 1 }, context())
    expect(advice).toMatchObject({ moves: [], tasksMovable: 0, skewBefore: 1, skewAfter: 1 })
  })

  it('has the same id whenever it says the same', () => {
    const ids = [1, 2].map((revision) => {
      const { snapshot, tasks } = cluster(
        2,
        [0, 0, 0].map((on) => ({ on, cpuMillis: 500 })),
      )
      return adviseRebalance(snapshot, { tasks, revision }, context()).id
    })
    expect(ids[0]).toBe(ids[1])
  })

  it('never overbooks, never uses a closed node, never raises skew, and leaves the snapshot as it was', () => {
    fc.assert(
      fc.property(anyCluster, ({ nodeCount, placed, cordoned }) => {
        const { snapshot, tasks } = cluster(nodeCount, placed, cordoned)
        const names = Array.from({ length: nodeCount }, (_, n) => id(`n${n}`))
        const shares = () => names.map((name) => snapshot.reservedShare(name) ?? 0)
        const slotsFree = (name: NodeId) => snapshot.accounts.taskSlotsFree[snapshot.entryOf(name)?.index ?? 0] ?? 0
        const before = shares()
        const wasOver = new Set(names.filter((name) => (snapshot.reservedShare(name) ?? 0) > 1 || slotsFree(name) < 0))
        const advice = adviseRebalance(snapshot, { tasks, revision: 1 }, context())
        expect(shares()).toEqual(before)
        expect(advice.skewAfter).toBeLessThanOrEqual(advice.skewBefore)
        expect(new Set(advice.moves.map(({ taskId }) => taskId)).size).toBe(advice.moves.length)

        for (const move of advice.moves) {
          expect(snapshot.entryOf(move.toNodeId)?.node.scheduling).toBe('open')
          const task = tasks.find((each) => each.task.id === move.taskId)
          expect(task?.spec.onDrain).toBe('move')
          if (task) snapshot.placeTask({ ...task.task, nodeId: move.toNodeId })
          if (wasOver.has(move.toNodeId)) continue
          expect(snapshot.reservedShare(move.toNodeId)).toBeLessThanOrEqual(1)
          expect(slotsFree(move.toNodeId)).toBeGreaterThanOrEqual(0)
        }
        const open = names.filter((name) => snapshot.entryOf(name)?.node.scheduling === 'open')
        const after = skewOf(sharesBy(new Map(open.map((name) => [name, snapshot.reservedShare(name) ?? 0]))))
        expect(after).toBeCloseTo(advice.skewAfter, 6)

        const settled = tasks.map(({ task, spec }) => {
          const move = advice.moves.find(({ taskId }) => taskId === task.id)
          return { spec, task: move ? { ...task, nodeId: move.toNodeId } : task }
        })
        const again = adviseRebalance(snapshot, { tasks: settled, revision: 2 }, context())
        expect(again.skewAfter).toBeLessThanOrEqual(advice.skewAfter + 1e-9)
      }),
    )
  })
})

function operationOf(plan: RebalancePlan): Operation {
  const sources = [...new Set(plan.moves.map(({ fromNodeId }) => fromNodeId))]
  return {
    v: 1,
    id: 'op-1' as OperationId,
    kind: 'rebalance',
    nodeIds: sources,
    by: 'user:ana',
    reason: '',
    state: 'running',
    startedAtMs: 1 as UnixMs,
    endedAtMs: null,
    plan: null,
    rebalance: plan,
    actual: [],
    progress: sources.map((nodeId) => ({ nodeId, state: 'waiting', tasksAtStart: 1, tasksLeft: 1, blockedBy: [] })),
  }
}

function started(taskCount: number) {
  const made = cluster(
    2,
    Array.from({ length: taskCount }, () => ({ on: 0, cpuMillis: 100 })),
  )
  const plan = adviseRebalance(made.snapshot, { tasks: made.tasks, revision: 1 }, context())
  const tasks = new Map<TaskId, Task>(made.tasks.map(({ task }) => [task.id, task]))
  const specs = new Map(made.tasks.map(({ spec }) => [spec.id, spec]))
  const obstacles = new Map<TaskId, string>()
  let operation = operationOf(plan)
  const step = () => {
    const done = reconcileRebalance(operation, {
      taskOf: (taskId) => tasks.get(taskId),
      specOf: (taskId) => specs.get(taskId),
      obstacle: (task) => obstacles.get(task.id) ?? null,
      nowMs: 2 as UnixMs,
    })
    for (const { task } of done.tasks) tasks.set(task.id, task)
    operation = done.operation ?? operation
    return done
  }
  return { plan, tasks, obstacles, step, operation: () => operation }
}

describe('a rebalance', () => {
  it('moves at most four at once, each to the node that the plan names, and does nothing twice', () => {
    const { plan, tasks, step } = started(6)
    // Six equal tasks on one of two nodes: three go.
    expect(plan.moves).toHaveLength(3)
    const first = step()
    expect(first.tasks.map(({ task }) => [task.state, task.stop?.why, task.planned?.nodeId])).toEqual(
      plan.moves.map(() => ['stopping', 'rebalance', 'n1']),
    )
    expect(step()).toMatchObject({ tasks: [], operation: null, events: [] })
    expect([...tasks.values()].filter(({ state }) => state === 'running')).toHaveLength(3)
  })

  it('is done when each task runs where the plan says, and says so', () => {
    const { plan, tasks, step, operation } = started(4)
    step()
    for (const { taskId, toNodeId } of plan.moves) {
      const task = tasks.get(taskId)
      if (task)
        tasks.set(taskId, { ...task, state: 'running', nodeId: toNodeId, attempt: 2, stop: null, planned: null })
    }
    expect(step().events).toMatchObject([{ type: 'rebalance.ended', text: expect.stringContaining('2 of 2 tasks') }])
    expect(operation()).toMatchObject({ state: 'done', actual: [{ fate: 'moved' }, { fate: 'moved' }] })
  })

  it('leaves a task alone whose new node cannot take it any more, for good and with the reason', () => {
    const { plan, tasks, obstacles, step, operation } = started(2)
    const [move] = plan.moves
    if (!move) throw new Error('there is a move')
    obstacles.set(move.taskId, 'n1 is cordoned')
    expect(step().tasks).toEqual([])
    expect(operation()).toMatchObject({
      state: 'done',
      actual: [{ fate: 'skipped' }],
      progress: [{ state: 'done', blockedBy: [`${move.name} (${move.taskId}) stays: n1 is cordoned`] }],
    })
    expect(tasks.get(move.taskId)?.state).toBe('running')
  })

  it('does not chase a task that ended, was lost, or came back to its old node', () => {
    for (const change of [
      { state: 'succeeded' },
      { state: 'running', attempt: 2 },
      { state: 'queued', nodeId: null },
    ] as const satisfies readonly Partial<Task>[]) {
      const { plan, tasks, step, operation } = started(2)
      const task = tasks.get(plan.moves[0]?.taskId ?? ('' as TaskId))
      if (task) tasks.set(task.id, { ...task, ...change })
      expect(step().tasks).toEqual([])
      expect(operation().state).toBe('done')
    }
  })
})
