import {
  type Exit,
  isTerminal,
  type NodeId,
  type Task,
  type TaskId,
  type TaskState,
  taskTransitions,
} from '@quarterdeck/domain'
import type { Report } from '@quarterdeck/domain/wire'
import { seededRandom } from '@quarterdeck/platform'
import { aSpec, aTask, at } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyReport } from './apply-report.ts'
import { assign } from './assign.ts'
import { closeUnknown } from './close-unknown.ts'
import { loseAttempt } from './end-attempt.ts'
import { moveTo } from './move-to.ts'
import { requestStop } from './request-stop.ts'

const node = 'web-1' as NodeId
const spec = aSpec('t1')
const context = { nodeId: node, nowMs: at(5_000), random: seededRandom(1) }
const queued = aTask(spec)
const assigned = assign(queued, { nodeId: node, epoch: 3, nowMs: at(1_000) }).task
const running = apply(assigned, started())

describe('applyReport', () => {
  it('makes a task running when its attempt started, never before it was assigned', () => {
    expect(running).toMatchObject({ state: 'running', startedAtMs: at(2_000), attempt: 1 })
    expect(apply(assigned, { ...started(), atMs: at(10) }).startedAtMs).toBe(1_000)
    expect(apply(assigned, { ...started(), atMs: at(99_000) }).startedAtMs).toBe(5_000)
  })

  it('stores the result of an attempt that succeeded', () => {
    const change = applyReport(running, spec, ended({ code: 0 }), context)
    expect(change).toMatchObject({
      task: { state: 'succeeded', endedAtMs: 5_000, exit: { code: 0 }, attempts: [{ outcome: 'succeeded' }] },
      result: { id: 't1', attempt: 1 },
    })
  })

  it('takes an end without a start before it: reports may be lost', () => {
    expect(apply(assigned, ended({ code: 0 })).state).toBe('succeeded')
  })

  it('tries again after a pause, on another node first, while attempts are left', () => {
    const task = apply(running, ended({ code: 3 }))
    expect(task).toMatchObject({ state: 'delayed', failures: 1, nodeId: null })
    expect(task.notBeforeMs).toBeGreaterThanOrEqual(5_000)
    expect(task.notBeforeMs).toBeLessThanOrEqual(6_000)
    expect(task.avoid).toMatchObject([{ nodeId: 'web-1', how: 'prefer' }])
  })

  it.each<{
    readonly what: string
    readonly failures: number
    readonly attemptsMax: number
    readonly exit: Partial<Exit>
    readonly state: TaskState
  }>([
    { what: 'dead after the last of several attempts', failures: 2, attemptsMax: 3, exit: { code: 1 }, state: 'dead' },
    { what: 'failed when it was never to be retried', failures: 0, attemptsMax: 1, exit: { code: 1 }, state: 'failed' },
    {
      what: 'timed-out when the last attempt ran out of time',
      failures: 2,
      attemptsMax: 3,
      exit: { timedOut: 'run', error: 'too long' },
      state: 'timed-out',
    },
  ])('ends $what', ({ failures, attemptsMax, exit, state }) => {
    const once = aSpec('t1', { retry: { attemptsMax, backoffBaseMs: 0, backoffCapMs: 0 } })
    const change = applyReport({ ...running, failures }, once, ended(exit), context)
    expect(change).toMatchObject({
      task: { state, failures: failures + 1 },
      events: [{ type: `task.${state}`, severity: 'error' }],
    })
  })

  it('loses an attempt whose agent was stopped by plan, and counts no failure; one that must not run twice has ended', () => {
    const left = {
      ...ended({ signal: 'SIGTERM', code: null, error: 'Stopped: the agent was asked to stop.' }),
      left: true,
    }
    expect(apply(running, left)).toMatchObject({ state: 'queued', failures: 0, attempts: [{ outcome: 'lost' }] })
    const cancelled = requestStop(
      running,
      { why: 'cancel', becomes: 'cancelled', by: 'ana', graceMs: 1, timeout: null },
      at(4_000),
    )
    expect(cancelled && apply(cancelled.task, left).state).toBe('cancelled')
    expect(apply({ ...running, policy: 'at-most-once' }, left).state).toBe('failed')
  })

  it('never runs an at-most-once task again, whatever its retries say', () => {
    expect(apply({ ...running, policy: 'at-most-once' }, ended({ code: 1 })).state).toBe('failed')
  })

  it('queues a rejected attempt again, counts no failure, and leaves the node alone for 30 s', () => {
    const task = apply(assigned, {
      kind: 'rejected',
      taskId: spec.id,
      attempt: 1,
      code: 'capacity',
      because: 'no room',
    })
    expect(task).toMatchObject({
      state: 'queued',
      failures: 0,
      attempts: [{ outcome: 'rejected', exit: { error: 'no room' } }],
    })
    expect(task.avoid).toEqual([{ nodeId: 'web-1', how: 'never', untilMs: 35_000 }])
  })

  it('lets a result beat a cancel that came later', () => {
    const stopping = requestStop(running, cancel(), at(4_000)).task
    expect(apply(stopping, ended({ code: 0 })).state).toBe('succeeded')
  })

  it('cancels when the agent ended the attempt on request, even if the program exits 0 on SIGTERM', () => {
    const stopping = requestStop(running, cancel(), at(4_000)).task
    expect(apply(stopping, ended({ code: 0, error: 'stopped on request' })).state).toBe('cancelled')
  })

  it('queues a drained task for another node, and counts no failure', () => {
    const stopping = requestStop(running, { ...cancel(), why: 'drain', becomes: 'queued' }, at(4_000)).task
    expect(apply(stopping, ended({ signal: 'SIGTERM', error: 'stopped on request' }))).toMatchObject({
      state: 'queued',
      failures: 0,
      stop: null,
      attempts: [{ outcome: 'stopped' }],
    })
  })

  it('takes a failure of its own during a drain for a failure', () => {
    const stopping = requestStop(running, { ...cancel(), why: 'drain', becomes: 'queued' }, at(4_000)).task
    expect(apply(stopping, ended({ code: 2 }))).toMatchObject({ state: 'delayed', failures: 1 })
  })

  it('ignores another attempt and another node', () => {
    expect(applyReport(running, spec, { ...ended({ code: 0 }), attempt: 2 }, context)).toBe('obsolete')
    expect(applyReport(running, spec, ended({ code: 0 }), { ...context, nodeId: 'web-2' as NodeId })).toBe('obsolete')
  })

  it('keeps the end of a lost attempt in its record, and nowhere else', () => {
    const lost = loseAttempt(running, 'the node is down', at(3_000)).task
    const again = assign(lost, { nodeId: 'web-2' as NodeId, epoch: 3, nowMs: at(4_000) }).task
    const change = applyReport(again, spec, ended({ code: 0 }), context)
    expect(change).toMatchObject({
      task: { state: 'assigned', attempt: 2, attempts: [{ attempt: 2 }, { attempt: 1, outcome: 'zombie' }] },
    })
    expect(change).not.toHaveProperty('result')
  })

  it('takes the result of a lost attempt while no other one has begun', () => {
    const lost = loseAttempt(running, 'the node is down', at(3_000)).task
    expect(apply(lost, ended({ code: 0 }))).toMatchObject({ state: 'succeeded', attempt: 1, nodeId: 'web-1' })
    expect(apply(lost, started())).toMatchObject({ state: 'running', attempt: 1, nodeId: 'web-1' })
  })

  it('keeps the end of a task that was closed as unknown in its record', () => {
    const closed = closeUnknown(moveTo(running, 'unknown', at(3_000)), at(4_000)).task
    expect(applyReport(closed, spec, ended({ code: 0 }), context)).toMatchObject({
      task: { state: 'lost-unknown', attempts: [{ outcome: 'zombie' }] },
    })
  })

  it('moves along the table only, never leaves a terminal state, and does nothing twice', () => {
    fc.assert(
      fc.property(fc.array(arbitraryAct, { maxLength: 25 }), (acts) => {
        let task: Task = queued
        for (const act of acts) {
          const before = task
          task = perform(before, act)
          if (task.state !== before.state) expect(isTerminal(before.state)).toBe(false)
          if (task.state !== before.state && act.kind !== 'report') {
            expect(taskTransitions[before.state]).toContain(task.state)
          }
          if (act.kind !== 'report') continue
          const again = applyReport(task, spec, act.report, context)
          if (again !== 'obsolete') expect(again.task).toEqual(task)
        }
      }),
      { numRuns: 3_000 },
    )
  })
})

type Act =
  | { readonly kind: 'assign' | 'cancel' | 'drain' | 'lose' | 'unknown' | 'due' }
  | { readonly kind: 'report'; readonly report: Report }

const attempt = fc.constantFrom(1, 2, 3)
const arbitraryReport: fc.Arbitrary<Report> = fc.oneof(
  fc.record({
    kind: fc.constant('started' as const),
    taskId: fc.constant(spec.id),
    attempt,
    atMs: fc.constant(at(2_000)),
  }),
  fc.record({ kind: fc.constant('accepted' as const), taskId: fc.constant(spec.id), attempt }),
  fc.record({
    kind: fc.constant('rejected' as const),
    taskId: fc.constant(spec.id),
    attempt,
    code: fc.constant('capacity' as const),
    because: fc.constant('full'),
  }),
  fc
    .record({ attempt, code: fc.constantFrom(0, 1, null), error: fc.constantFrom(null, 'stopped') })
    .map(({ attempt: which, ...exit }) => ({ ...ended(exit), attempt: which })),
)
const arbitraryAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constantFrom('assign', 'cancel', 'drain', 'lose', 'unknown', 'due') }),
  fc.record({ kind: fc.constant('report' as const), report: arbitraryReport }),
)

function perform(task: Task, act: Act): Task {
  switch (act.kind) {
    case 'assign':
      return task.state === 'queued' ? assign(task, { nodeId: node, epoch: 1, nowMs: at(1_000) }).task : task
    case 'cancel':
      return requestStop(task, cancel(), at(4_000)).task
    case 'drain':
      return requestStop(task, { ...cancel(), why: 'drain', becomes: 'queued' }, at(4_000)).task
    case 'lose':
      return task.state === 'running' || task.state === 'assigned' ? loseAttempt(task, 'down', at(3_000)).task : task
    case 'unknown':
      return task.state === 'running' ? moveTo(task, 'unknown', at(3_000)) : task
    case 'due':
      return task.state === 'delayed' ? moveTo(task, 'queued', at(9_000)) : task
    case 'report': {
      const change = applyReport(task, spec, act.report, context)
      return change === 'obsolete' ? task : change.task
    }
    default:
      return act satisfies never
  }
}

function apply(task: Task, report: Report): Task {
  const change = applyReport(task, spec, report, context)
  if (change === 'obsolete') throw new Error('the report is about the current attempt')
  return change.task
}

function started(): Extract<Report, { kind: 'started' }> {
  return { kind: 'started', taskId: 't1' as TaskId, attempt: 1, atMs: at(2_000) }
}

function ended(exit: Partial<Exit>): Extract<Report, { kind: 'ended' }> {
  return {
    kind: 'ended',
    taskId: 't1' as TaskId,
    attempt: 1,
    startedAtMs: at(2_000),
    endedAtMs: at(3_000),
    exit: { code: null, signal: null, error: null, outOfMemory: false, timedOut: null, ...exit },
    usage: { cpuMs: 10, memoryBytesMax: 1_000 },
    logTail: [],
    logBytesTotal: 0,
  }
}

function cancel() {
  return { why: 'cancel', becomes: 'cancelled', by: 'user:ana', graceMs: 10_000, timeout: null } as const
}
