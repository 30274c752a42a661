import {
  type NodeId,
  type TaskId,
  type TaskSubmit,
  type TaskSubmitInput,
  taskSubmitSchema,
  type UnixMs,
} from '@quarterdeck/domain'
import type { Command, Report } from '@quarterdeck/domain/wire'
import { afterEach, describe, expect, it } from 'vitest'
import type { Caller } from '../contract.ts'
import { createDispatcher } from '../dispatch/dispatcher.ts'
import { watchResults } from '../faults/watch-results.ts'
import { createLogRelay } from '../logs/log-relay.ts'
import { createReporter } from '../reports/create-reporter.ts'
import { reconcileHeldAttempts } from '../reports/held-attempts.ts'
import { createRecentResults } from '../reports/recent-results.ts'
import { createClusterView } from '../scheduling/cluster-view.ts'
import { createSchedulingLoop } from '../scheduling/scheduling-loop.ts'
import { createTaskQueue } from '../scheduling/task-queue.ts'
import { addNode, type TestCore, testCore, testCrypto } from '../test-bench/test-core.ts'
import { createTaskChanges } from '../work-loops/task-changes.ts'
import { createTaskLoop } from '../work-loops/task-loop.ts'
import { createTasksService } from './create-tasks-service.ts'

const caller: Caller = { me: { id: 'ana', role: 'operator', kind: 'user' }, address: '127.0.0.1', requestId: 'r1' }
const never = new AbortController().signal
const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

function submitOf(change: Partial<TaskSubmitInput> = {}): TaskSubmit {
  return taskSubmitSchema.parse({ name: 'job', driver: 'handler', handler: { name: 'noop' }, ...change })
}

async function controller() {
  const core = await testCore()
  const view = createClusterView(core)
  const queue = createTaskQueue(core)
  const loop = createSchedulingLoop(core, { view, queue })
  const changes = createTaskChanges(core)
  const dispatcher = createDispatcher(core, {
    reconcileHeld: (inventory) => reconcileHeldAttempts(core, changes, inventory),
  })
  const recent = createRecentResults()
  const results = watchResults(core)
  const reporter = createReporter(core, { endedByAgent: dispatcher.endedByAgent, results, recent })
  const relay = createLogRelay(core)
  const tasks = createTasksService(core, {
    crypto: testCrypto,
    placer: loop,
    view,
    relay,
    peerLogs: async function* () {},
    recent,
  })
  const taskLoop = createTaskLoop(core, { changes, heardAtMs: () => undefined })
  stops.push(() => {
    loop.stop()
    taskLoop.stop()
    core.stop()
  })
  return { core, loop, dispatcher, reporter, tasks, taskLoop }
}

async function eventually<Value>(reason: string, look: () => Value | undefined | null | false): Promise<Value> {
  for (let tries = 0; tries < 2_000; tries++) {
    const found = look()
    if (found) return found
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error(`never came true: ${reason}`)
}

const assignmentsTo = (core: TestCore, nodeId: NodeId) =>
  (core.sent.get(nodeId) ?? []).flatMap((command: Command) => (command.kind === 'desired' ? command.assignments : []))

const ended = (taskId: TaskId, attempt: number, code = 0): Report => ({
  kind: 'ended',
  taskId,
  attempt,
  startedAtMs: 1 as UnixMs,
  endedAtMs: 2 as UnixMs,
  exit: { code, signal: null, error: null, outOfMemory: false, timedOut: null },
  usage: { cpuMs: 1, memoryBytesMax: 1 },
  value: { answer: 42 },
  logTail: [],
  logBytesTotal: 0,
})

function taskIn(core: TestCore, id: TaskId) {
  const stored = core.cache.get('task', id)
  if (!stored) throw new Error(`no task ${id}`)
  return stored.value
}

async function placed(core: TestCore, tasks: Awaited<ReturnType<typeof controller>>['tasks'], input = submitOf()) {
  const taskId = await submitted(tasks, input)
  await eventually('it is assigned', () => taskIn(core, taskId).state === 'assigned')
  return taskId
}

async function submitted(tasks: Awaited<ReturnType<typeof controller>>['tasks'], input = submitOf()) {
  const outcome = await tasks.submit(input, caller)
  if (!outcome.ok) throw new Error(outcome.error.message)
  return outcome.value.taskId
}

describe('a task', () => {
  it('is stored and assigned in one commit when this controller leads and nothing waits', async () => {
    const { core, loop, dispatcher, tasks, reporter } = await controller()
    const nodeId = await addNode(core, 'n1')
    core.connect(nodeId)
    await dispatcher.sessionOpened(nodeId, [])
    await core.lead()
    loop.start()
    await new Promise((resolve) => setImmediate(resolve))
    const before = core.cache.revision

    const taskId = await submitted(tasks)
    expect(core.cache.revision).toBe(before + 1)
    expect(taskIn(core, taskId)).toMatchObject({ state: 'assigned', attempt: 1, nodeId })
    const pushed = await eventually('the assignment is pushed', () => assignmentsTo(core, nodeId)[0])
    expect(pushed).toMatchObject({ taskId, attempt: 1, want: 'run', handler: { name: 'noop' } })

    const reply = await reporter.report(nodeId, [
      { kind: 'accepted', taskId, attempt: 1 },
      { kind: 'started', taskId, attempt: 1, atMs: 1 as UnixMs },
      ended(taskId, 1),
    ])
    expect(reply).toEqual({ ok: true, value: { outcomes: ['applied', 'applied', 'applied'] } })
    // The three reports cost one commit.
    expect(core.cache.revision).toBe(before + 2)
    expect(taskIn(core, taskId).state).toBe('succeeded')
    const waited = await tasks.wait(taskId, 1_000, never)
    expect(waited.ok && waited.value.result?.value).toEqual({ answer: 42 })
  })

  it('queues with a reason when no node can take it, and is placed when one can', async () => {
    const { core, loop, tasks } = await controller()
    await core.lead()
    loop.start()
    const taskId = await submitted(tasks, submitOf({ constraints: [{ label: 'gpu', operator: 'exists' }] }))
    await addNode(core, 'plain')
    await eventually('the refusal is stored', () => core.counters.refusals > 0)
    expect(taskIn(core, taskId).state).toBe('queued')

    await addNode(core, 'n2', { labels: { gpu: 'a100' } })
    await eventually('it is placed', () => taskIn(core, taskId).state === 'assigned')
    const detail = await tasks.get(taskId)
    const outcomes = detail.ok ? detail.value.value.decisions.map((each) => `${each.outcome} ${each.nodeId}`) : []
    expect(outcomes[0]).toBe('placed n2')
  })

  it('is one task for one idempotency key, and an error for the same key with another specification', async () => {
    const { core, loop, tasks } = await controller()
    await addNode(core, 'n1')
    await core.lead()
    loop.start()
    const input = submitOf({ idempotencyKey: 'nightly' })
    const replies = await Promise.all([
      tasks.submit(input, caller),
      tasks.submit(input, caller),
      tasks.submit(input, caller),
    ])
    const ids = new Set(replies.map((reply) => (reply.ok ? reply.value.taskId : reply.error.message)))
    expect(ids.size).toBe(1)
    expect(core.cache.all('task').size).toBe(1)

    const other = await tasks.submit(submitOf({ idempotencyKey: 'nightly', priority: 1 }), caller)
    expect(other).toMatchObject({ ok: false, error: { code: 'idempotency_conflict' } })
  })

  it('is not placed on a node that was cordoned between the plan and the commit', async () => {
    const { core, loop, tasks } = await controller()
    await addNode(core, 'n1')
    await core.lead()
    loop.start()
    const cordoning = addNode(core, 'n1', { scheduling: 'cordoned' })
    const taskId = await submitted(tasks)
    await cordoning
    await eventually('the loop decided again', () => core.counters.refusals > 0)
    expect(taskIn(core, taskId)).toMatchObject({ state: 'queued', nodeId: null, attempt: 0 })
  })

  it('moves to another node when its own is down, and the late result of the lost attempt changes nothing', async () => {
    const { core, loop, tasks, taskLoop, reporter } = await controller()
    const first = await addNode(core, 'n1')
    await core.lead()
    loop.start()
    taskLoop.start()
    const taskId = await placed(core, tasks)
    await reporter.report(first, [{ kind: 'started', taskId, attempt: 1, atMs: 1 as UnixMs }])
    const second = await addNode(core, 'n2')
    await addNode(core, 'n1', { health: 'down' })
    await eventually('it is assigned elsewhere', () => taskIn(core, taskId).nodeId === second)
    expect(taskIn(core, taskId)).toMatchObject({ attempt: 2, failures: 0 })

    await reporter.report(first, [ended(taskId, 1)])
    expect(taskIn(core, taskId)).toMatchObject({ state: 'assigned', attempt: 2 })
    await reporter.report(second, [ended(taskId, 2)])
    expect(taskIn(core, taskId).state).toBe('succeeded')
  })

  it('belongs to its node: another node cannot report for it', async () => {
    const { core, loop, tasks, reporter } = await controller()
    await addNode(core, 'n1')
    await core.lead()
    loop.start()
    const taskId = await placed(core, tasks)
    const other = await addNode(core, 'n2')
    const reply = await reporter.report(other, [ended(taskId, 1)])
    expect(reply).toEqual({ ok: true, value: { outcomes: ['obsolete'] } })
    expect(taskIn(core, taskId).state).toBe('assigned')
  })

  it('that waits is cancelled at once; one that runs is stopping until its agent confirms', async () => {
    const { core, loop, dispatcher, tasks, reporter } = await controller()
    const waiting = await submitted(tasks)
    await tasks.cancel({ id: waiting, reason: 'test' }, caller)
    expect(taskIn(core, waiting).state).toBe('cancelled')

    const nodeId = await addNode(core, 'n1')
    core.connect(nodeId)
    await dispatcher.sessionOpened(nodeId, [])
    await core.lead()
    loop.start()
    const taskId = await placed(core, tasks)
    await reporter.report(nodeId, [{ kind: 'started', taskId, attempt: 1, atMs: 1 as UnixMs }])
    await tasks.cancel({ id: taskId, reason: 'test' }, caller)
    expect(taskIn(core, taskId).state).toBe('stopping')
    await eventually('the stop is pushed', () => assignmentsTo(core, nodeId).some((each) => each.want === 'stop'))

    const killed = ended(taskId, 1)
    if (killed.kind !== 'ended') throw new Error('not an end')
    await reporter.report(nodeId, [{ ...killed, exit: { ...killed.exit, code: null, signal: 'SIGTERM' } }])
    expect(taskIn(core, taskId).state).toBe('cancelled')
  })

  it('whose refusal names an unknown strategy or node is never stored', async () => {
    const { core, tasks } = await controller()
    const strategy = await tasks.submit(submitOf({ strategy: 'best-guess' }), caller)
    expect(strategy).toMatchObject({ ok: false, error: { code: 'bad_input', field: 'strategy' } })
    const node = await tasks.submit(submitOf({ onNodes: ['nowhere' as NodeId] }), caller)
    expect(node).toMatchObject({ ok: false, error: { code: 'node_not_found', field: 'onNodes' } })
    expect(core.cache.all('task').size).toBe(0)
  })
})

describe('the desired set of a node', () => {
  it('is sent whole when a session opens, and again after two beats with another digest', async () => {
    const { core, loop, dispatcher, tasks } = await controller()
    const nodeId = await addNode(core, 'n1')
    await core.lead()
    loop.start()
    const taskId = await placed(core, tasks)
    core.connect(nodeId)
    const first = await dispatcher.sessionOpened(nodeId, [])
    expect(first).toMatchObject({ kind: 'desired', whole: true, assignments: [{ taskId, attempt: 1, want: 'run' }] })

    dispatcher.beatDigest(nodeId, 'something else')
    expect(core.sent.get(nodeId)).toEqual([])
    dispatcher.beatDigest(nodeId, 'something else')
    expect(core.sent.get(nodeId)).toMatchObject([{ kind: 'desired', whole: true }])
  })

  it('does not start an attempt again that was running and that the agent no longer has', async () => {
    const { core, loop, dispatcher, tasks, reporter } = await controller()
    const nodeId = await addNode(core, 'n1')
    await core.lead()
    loop.start()
    const taskId = await placed(core, tasks, submitOf({ policy: 'at-most-once' }))
    await reporter.report(nodeId, [{ kind: 'started', taskId, attempt: 1, atMs: 1 as UnixMs }])
    core.connect(nodeId)
    const whole = await dispatcher.sessionOpened(nodeId, [])
    expect(whole).toMatchObject({ assignments: [] })
    await eventually('it is closed, not rerun', () => taskIn(core, taskId).state === 'lost-unknown')
  })
})
