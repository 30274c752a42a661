import { isTerminal, type Service, serviceSpecSchema, type Task, type TaskId, type UnixMs } from '@quarterdeck/domain'
import { aSpec, aTask, at } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { moveTo } from '../task/move-to.ts'
import { requestStop } from '../task/request-stop.ts'
import { reconcileService, type ServiceAction, type ServiceInput } from './reconcile-service.ts'
import { restartMoment } from './restart-moment.ts'
import { rollingUpdate } from './rolling-update.ts'
import { serviceCondition } from './service-condition.ts'
import { replicaSlots } from './system-slots.ts'

const NOW = at(1_000_000)

function aService(changes: Partial<Service> = {}, update: Partial<Service['update']> = {}): Service {
  const spec = serviceSpecSchema.parse({
    name: 'api',
    replicas: 3,
    task: { driver: 'exec', exec: { command: '/bin/sleep', args: ['1000'] } },
  })
  const version = (number: number) => ({ version: number, task: spec.task, health: null, by: 'user:ana', atMs: at(0) })
  return {
    v: 1,
    id: spec.name,
    mode: 'replicated',
    replicas: 3,
    minAvailable: null,
    restart: spec.restart,
    update: { ...spec.update, minHealthyMs: 1_000, ...update },
    specVersion: 1,
    versions: [version(2), version(1)],
    rollout: null,
    desired: 'running',
    condition: { state: 'ok', sinceMs: at(0), because: '' },
    tasksMade: 0,
    createdAtMs: at(0),
    changedAtMs: at(0),
    changedBy: 'user:ana',
    ...changes,
  }
}

const updating = (changes: Partial<NonNullable<Service['rollout']>> = {}): Partial<Service> => ({
  specVersion: 2,
  rollout: {
    fromVersion: 1,
    toVersion: 2,
    state: 'running',
    kind: 'update',
    startedAtMs: at(900_000),
    sinceMs: at(900_000),
    because: '',
    promoted: false,
    ...changes,
  },
})

let made = 0
function aReplica(slot: number | string, changes: Partial<Task> = {}, specVersion = 1): Task {
  return aTask(aSpec(`api-${++made}`), {
    state: 'running',
    nodeId: 'web-1' as Task['nodeId'],
    startedAtMs: at(0),
    replica: { serviceId: 'api' as Service['id'], slot: String(slot), specVersion, restarts: 0, restartsSinceMs: null },
    ...changes,
  })
}

const inputOf = (service: Service, tasks: readonly Task[], more: Partial<ServiceInput> = {}): ServiceInput => ({
  service,
  slots: replicaSlots(service.replicas),
  keptSlots: new Set(),
  tasks,
  isLeaving: () => false,
  nowMs: NOW,
  ...more,
})

/** One whole look, as the loop makes it, with its changes carried out. */
function look(input: ServiceInput) {
  const step = rollingUpdate(input, reconcileService(input))
  const service = { ...input.service, rollout: step.rollout, specVersion: step.specVersion }
  return { step, next: { ...input, service, tasks: carryOut(input.tasks, step.actions, input.nowMs) } }
}

function carryOut(tasks: readonly Task[], actions: readonly ServiceAction[], nowMs: UnixMs): Task[] {
  const stopped = new Map(actions.flatMap((each) => (each.kind === 'stop-task' ? [[each.taskId, each.reason]] : [])))
  const left = tasks.map((task) => {
    const reason = stopped.get(task.id)
    if (!reason) return task
    const becomes = reason === 'unhealthy' ? 'failed' : 'cancelled'
    return requestStop(task, { why: 'service', becomes, by: 'test', graceMs: 0, timeout: null }, nowMs).task
  })
  const created = actions.flatMap((action) =>
    action.kind === 'create-task'
      ? [
          aReplica(
            action.slot,
            { state: 'queued', nodeId: null, startedAtMs: null, createdAtMs: nowMs, sinceMs: nowMs },
            action.specVersion,
          ),
        ]
      : [],
  )
  return [...left, ...created]
}

const creates = (actions: readonly ServiceAction[]) => actions.filter(({ kind }) => kind === 'create-task')
const stops = (actions: readonly ServiceAction[]) => actions.filter(({ kind }) => kind === 'stop-task')
const started = (task: Task, ms = 500_000): Task => ({
  ...task,
  state: 'running',
  nodeId: 'web-2' as Task['nodeId'],
  startedAtMs: at(ms),
})
/** Everything that was created runs, everything that was stopped is gone. */
function settle(tasks: readonly Task[], nowMs: UnixMs): Task[] {
  return tasks.map((task) => {
    if (task.state === 'stopping') return moveTo(task, task.stop?.becomes === 'failed' ? 'failed' : 'cancelled', nowMs)
    return task.state === 'queued' ? started(task, nowMs) : task
  })
}

describe('reconcileService', () => {
  it('makes one task for each empty slot, and stops those beyond the wanted number', () => {
    const actions = reconcileService(inputOf(aService(), [aReplica(0), aReplica(5)]))
    expect(creates(actions)).toMatchObject([{ slot: '1' }, { slot: '2' }])
    expect(stops(actions)).toMatchObject([{ slot: '5', reason: 'scaled-down' }])
  })

  it('keeps the healthiest of two in one slot', () => {
    const running = aReplica(0)
    const waiting = aReplica(0, { state: 'queued', nodeId: null })
    const actions = reconcileService(inputOf(aService({ replicas: 1 }), [waiting, running]))
    expect(actions).toEqual([{ kind: 'stop-task', taskId: waiting.id, slot: '0', reason: 'duplicate' }])
  })

  it('stops a replica that its health check gave up, and starts another once it is gone', () => {
    const service = aService({ replicas: 1 })
    const ill = aReplica(0, { health: { healthy: false, because: 'status 500', sinceMs: NOW } })
    const first = look(inputOf(service, [ill]))
    expect(first.step.actions).toMatchObject([{ kind: 'stop-task', reason: 'unhealthy' }])
    expect(look(first.next).step.actions).toEqual([])
    const gone = { ...first.next, tasks: settle(first.next.tasks, NOW) }
    expect(look(gone).step.actions).toMatchObject([{ kind: 'create-task', restarts: 1, notBeforeMs: NOW + 1_000 }])
  })

  it('stops everything of a service that is to be removed, kept slots too', () => {
    const input = inputOf(aService({ desired: 'removed' }), [aReplica(0), aReplica(1)], { keptSlots: new Set(['1']) })
    expect(reconcileService(input)).toMatchObject([{ reason: 'removed' }, { reason: 'removed' }])
  })

  it('leaves the slot of a node alone that may come back', () => {
    const task = aReplica('web-9', { state: 'queued', nodeId: null })
    const input = inputOf(aService({ mode: 'system' }), [task], { slots: [], keptSlots: new Set(['web-9']) })
    expect(reconcileService(input)).toEqual([])
  })

  it('does nothing twice: the actions, once applied, leave nothing to do', () => {
    fc.assert(
      fc.property(arbitraryInput, (input) => {
        // A changed rollout, and a task that ends at once because it never ran, are new facts: what they ask for comes with the next look.
        let { next } = look(input)
        for (let more = 0; more < 4; more++) next = look(next).next
        const again = look(next)
        expect(again.step.actions).toEqual([])
        expect(again.step.rollout).toEqual(next.service.rollout)
      }),
      { numRuns: 500 },
    )
  })

  it('never leaves two live tasks of one slot that nobody asked to stop, other than a replacement and its original', () => {
    fc.assert(
      fc.property(arbitraryInput, (input) => {
        const { next } = look(look(input).next)
        for (const slot of next.slots) {
          const live = next.tasks.filter((each) => each.replica?.slot === slot && !isTerminal(each.state) && !each.stop)
          const wanted = live.filter(
            (each) => each.replica?.specVersion === next.service.specVersion && !next.isLeaving(each),
          )
          expect(wanted.length).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('a rolling update', () => {
  const old = () => [aReplica(0), aReplica(1), aReplica(2)]

  it('starts one replacement, and stops its original only when that has been healthy long enough', () => {
    const first = look(inputOf(aService(updating()), old()))
    expect(first.step.actions).toMatchObject([{ kind: 'create-task', slot: '0', specVersion: 2 }])
    const fresh = {
      ...first.next,
      tasks: first.next.tasks.map((task) => (task.state === 'queued' ? started(task, NOW - 500) : task)),
    }
    expect(look(fresh).step.actions).toEqual([])
    const ripe = look({ ...fresh, nowMs: at(NOW + 600) })
    expect(stops(ripe.step.actions)).toMatchObject([{ slot: '0', reason: 'outdated' }])
    expect(creates(ripe.step.actions)).toMatchObject([{ slot: '1' }])
  })

  it('replaces as many at once as it may', () => {
    const { step } = look(inputOf(aService(updating(), { maxParallel: 2 }), old()))
    expect(creates(step.actions)).toHaveLength(2)
  })

  it('ends with every replica on the new version, one at a time, never below the wanted number', () => {
    let input = inputOf(aService(updating()), old())
    for (let round = 0; round < 20 && input.service.rollout?.state === 'running'; round++) {
      const { next } = look(input)
      expect(next.tasks.filter((task) => task.state === 'running').length).toBeGreaterThanOrEqual(3)
      const nowMs = at(input.nowMs + 2_000)
      input = { ...next, tasks: settle(next.tasks, input.nowMs), nowMs }
    }
    expect(input.service.rollout).toMatchObject({ state: 'done' })
    const live = input.tasks.filter(({ state }) => !isTerminal(state))
    expect(live.map(({ replica }) => replica?.specVersion)).toEqual([2, 2, 2])
  })

  it('waits after its canaries until somebody resumes it', () => {
    const tasks = [aReplica(0, {}, 2), aReplica(1), aReplica(2)]
    const { step, next } = look(inputOf(aService(updating(), { canary: 1 }), tasks))
    expect(step.rollout).toMatchObject({ state: 'paused', because: expect.stringContaining('Resume') })
    expect(look(next).step.actions).toEqual([])
    const promoted = aService(updating({ promoted: true }), { canary: 1 })
    expect(creates(look(inputOf(promoted, tasks)).step.actions)).toMatchObject([{ slot: '1' }])
  })

  it('begins no more slots than it has canaries', () => {
    const { next } = look(inputOf(aService(updating(), { canary: 1, maxParallel: 3 }), old()))
    expect(next.tasks).toHaveLength(4)
    expect(look(next).step.actions).toEqual([])
  })

  it.each([
    ['revert', { rollout: { kind: 'revert', toVersion: 1, state: 'running' }, specVersion: 1 }],
    ['pause', { rollout: { kind: 'update', state: 'paused' }, specVersion: 2 }],
  ] as const)('whose new replica ends by itself: %s', (onFailure, expected) => {
    const dead = aReplica(0, { state: 'failed', createdAtMs: at(950_000), endedAtMs: NOW }, 2)
    const { step } = look(inputOf(aService(updating(), { onFailure }), [...old(), dead]))
    expect(step).toMatchObject({ actions: [], ...expected })
    expect(step.rollout?.because).toMatch(/^Replica 0 of version 2 ended/)
  })

  it('that may go on in spite of failures restarts the replica after its delay', () => {
    const dead = aReplica(0, { state: 'failed', createdAtMs: at(950_000), endedAtMs: NOW }, 2)
    const { step } = look(inputOf(aService(updating(), { onFailure: 'continue' }), [...old(), dead]))
    expect(step.actions).toMatchObject([{ kind: 'create-task', slot: '0', specVersion: 2, notBeforeMs: NOW + 1_000 }])
  })

  it('fails when a new replica is not healthy in time', () => {
    const slow = aReplica(0, { state: 'queued', nodeId: null, createdAtMs: at(900_000) }, 2)
    const service = aService(updating(), { healthyDeadlineMs: 50_000 })
    expect(look(inputOf(service, [...old(), slow])).step.rollout).toMatchObject({
      kind: 'revert',
      because: 'Replica 0 of version 2 was not healthy after 50s (queued, no node has taken it)',
    })
  })

  it('that is paused lets the version before it go on, and fills its slots with it', () => {
    const service = aService(updating({ state: 'paused' }))
    const crashed = aReplica(2, { state: 'failed', endedAtMs: at(NOW - 60_000) })
    const { step } = look(inputOf(service, [aReplica(0), aReplica(1), crashed]))
    expect(step.actions).toMatchObject([{ kind: 'create-task', slot: '2', specVersion: 1 }])
  })

  it('that goes back keeps what still runs of the version before it', () => {
    const service = aService({ ...updating({ kind: 'revert', fromVersion: 2, toVersion: 1 }), specVersion: 1 })
    const bad = aReplica(0, { createdAtMs: at(950_000) }, 2)
    const { step } = look(inputOf(service, [...old(), bad]))
    expect(step.actions).toEqual([{ kind: 'stop-task', taskId: bad.id, slot: '0', reason: 'outdated' }])
  })

  it('stop-first opens one gap at a time, and none below the wanted minimum', () => {
    const service = aService(updating(), { order: 'stop-first', maxParallel: 2 })
    expect(stops(look(inputOf(service, old())).step.actions)).toHaveLength(2)
    expect(stops(look(inputOf({ ...service, minAvailable: 2 }, old())).step.actions)).toHaveLength(1)
    expect(stops(look(inputOf({ ...service, minAvailable: 3 }, old())).step.actions)).toHaveLength(0)
    const broken = old().map((task): Task => ({ ...task, state: 'assigned' }))
    expect(stops(look(inputOf({ ...service, minAvailable: 3 }, broken)).step.actions)).toHaveLength(2)
  })
})

describe('a drain', () => {
  it('starts the replacement first, one replica of a service at a time', () => {
    const tasks = [aReplica(0), aReplica(1), aReplica(2, { nodeId: 'web-3' as Task['nodeId'] })]
    const isLeaving = (task: Task) => task.nodeId === 'web-1'
    const first = look(inputOf(aService(), tasks, { isLeaving }))
    expect(first.step.actions).toMatchObject([{ kind: 'create-task', slot: '0', replaces: tasks[0]?.id }])
    expect(look(first.next).step.actions).toEqual([])
    const ripe = look({ ...first.next, tasks: settle(first.next.tasks, NOW), nowMs: at(NOW + 2_000) })
    expect(ripe.step.actions).toMatchObject([
      { kind: 'stop-task', taskId: tasks[0]?.id, reason: 'draining' },
      { kind: 'create-task', slot: '1' },
    ])
  })
})

describe('restartMoment', () => {
  const { restart } = aService()
  const ended = (restarts: number, changes: Partial<Task> = {}): Task => {
    const task = aReplica(0, { state: 'failed', endedAtMs: at(500_000), ...changes })
    return {
      ...task,
      replica: task.replica && { ...task.replica, restarts, restartsSinceMs: restarts ? at(400_000) : null },
    }
  }

  it.each([
    [0, 501_000, 1],
    [1, 502_000, 2],
    [3, 508_000, 4],
    [5, 1_000_000, 1],
  ])('after %i restarts in the window waits until %i', (restarts, notBeforeMs, count) => {
    expect(restartMoment(ended(restarts), restart)).toMatchObject({ notBeforeMs, restarts: count })
  })

  it('counts anew when the window is over, and not at all when somebody stopped it', () => {
    expect(restartMoment(ended(5, { endedAtMs: at(1_100_000) }), restart)).toMatchObject({ restarts: 1 })
    expect(restartMoment(ended(5, { state: 'cancelled' }), restart)).toMatchObject({ notBeforeMs: null, restarts: 5 })
  })

  it('leaves it at that when the policy says so', () => {
    expect(restartMoment(ended(0), { ...restart, condition: 'never' })).toBeNull()
    expect(restartMoment(ended(0, { state: 'succeeded' }), { ...restart, condition: 'on-failure' })).toBeNull()
    expect(restartMoment(ended(0), { ...restart, condition: 'on-failure' })).not.toBeNull()
  })
})

describe('serviceCondition', () => {
  const slots = replicaSlots(3)

  it('says once that too few are healthy, and what is wrong', () => {
    const tasks = [aReplica(0), aReplica(1, { health: { healthy: false, because: 'refused', sinceMs: NOW } })]
    const versions = aService().versions.map((version) => ({
      ...version,
      health: { type: 'tcp' as const, port: 80, intervalMs: 1_000, timeoutMs: 500, retries: 3, startPeriodMs: 0 },
    }))
    const service = aService({ versions })
    const condition = serviceCondition(service, slots, tasks, NOW)
    expect(condition).toMatchObject({ state: 'degraded' })
    expect(serviceCondition({ ...service, condition }, slots, tasks, at(NOW + 1))).toBe(condition)
  })

  it('is no worse than starting before it was ever well', () => {
    const starting = { state: 'starting', sinceMs: at(0), because: '' } as const
    expect(serviceCondition(aService({ condition: starting }), slots, [], NOW)).toBe(starting)
  })
})

const arbitraryTask = fc
  .record({
    slot: fc.integer({ min: 0, max: 4 }),
    version: fc.constantFrom(1, 2),
    state: fc.constantFrom('delayed', 'queued', 'assigned', 'running', 'stopping', 'failed', 'cancelled', 'succeeded'),
    healthy: fc.constantFrom(null, true, false),
    atMs: fc.integer({ min: 850_000, max: 1_000_000 }),
    nodeId: fc.constantFrom('web-1', 'web-2'),
  })
  .map(({ slot, version, state, healthy, atMs, nodeId }): Task => {
    const hasNode = state === 'assigned' || state === 'running' || state === 'stopping'
    return aReplica(
      slot,
      {
        state: state as Task['state'],
        nodeId: hasNode ? (nodeId as Task['nodeId']) : null,
        createdAtMs: at(atMs),
        sinceMs: at(atMs),
        startedAtMs: hasNode ? at(atMs) : null,
        endedAtMs: isTerminal(state as Task['state']) ? at(atMs) : null,
        health: healthy === null ? null : { healthy, because: 'test', sinceMs: at(atMs) },
        stop:
          state === 'stopping'
            ? { why: 'service', becomes: 'cancelled', by: 'test', requestedAtMs: at(atMs), graceMs: 0, timeout: null }
            : null,
      },
      version,
    )
  })

const arbitraryInput: fc.Arbitrary<ServiceInput> = fc
  .record({
    replicas: fc.integer({ min: 0, max: 4 }),
    tasks: fc.array(arbitraryTask, { maxLength: 12 }),
    rollout: fc.constantFrom('none', 'running', 'paused'),
    update: fc.record({
      maxParallel: fc.integer({ min: 1, max: 3 }),
      canary: fc.integer({ min: 0, max: 2 }),
      onFailure: fc.constantFrom('pause', 'revert', 'continue'),
      order: fc.constantFrom('start-first', 'stop-first'),
    }),
    drains: fc.boolean(),
  })
  .map(({ replicas, tasks, rollout, update, drains }) => {
    const changes = rollout === 'none' ? {} : updating({ state: rollout as 'running' | 'paused' })
    const service = aService({ replicas, ...changes }, update as Partial<Service['update']>)
    const ids = new Set<TaskId>()
    const unique = tasks.filter(({ id }) => !ids.has(id) && ids.add(id))
    return inputOf(service, unique, { isLeaving: (task) => drains && task.nodeId === 'web-1' })
  })
