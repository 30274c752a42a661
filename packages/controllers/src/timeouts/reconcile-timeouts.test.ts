import type { NodeId, Task, TaskSpec } from '@quarterdeck/domain'
import { aSpec, aTask, at } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { reconcileTimeouts } from './reconcile-timeouts.ts'

type Case = {
  readonly what: string
  readonly spec: Partial<TaskSpec>
  readonly task: Partial<Task>
  /** The last moment at which nothing happens. */
  readonly lastMs: number
  readonly state: Task['state']
}

const none = { queueMs: null, startMs: null, runMs: null, progressMs: null }
const placed = { attempt: 1, nodeId: 'web-1' as NodeId, sinceMs: at(1_000) }

const lost: Partial<Task> = {
  attempt: 1,
  attempts: [
    {
      attempt: 1,
      nodeId: 'web-1' as NodeId,
      outcome: 'lost',
      assignedAtMs: at(0),
      startedAtMs: null,
      endedAtMs: at(1),
      exit: null,
      usage: null,
    },
  ],
}

const cases: readonly Case[] = [
  {
    what: 'a task that waits too long in the queue',
    spec: { timeouts: { ...none, queueMs: 5_000 } },
    task: {},
    lastMs: 4_999,
    state: 'timed-out',
  },
  {
    what: 'a task that was told to wait, only from the end of that wait',
    spec: { timeouts: { ...none, queueMs: 5_000 } },
    task: { state: 'delayed', notBeforeMs: at(60_000) },
    lastMs: 64_999,
    state: 'timed-out',
  },
  {
    what: 'an assignment that never starts, 30 s after its agent should have said so',
    spec: { timeouts: { ...none, startMs: 10_000 } },
    task: { ...placed, state: 'assigned' },
    lastMs: 40_999,
    state: 'stopping',
  },
  {
    what: 'a run that goes on too long, after the agent had its time and its grace',
    spec: { timeouts: { ...none, runMs: 10_000 }, killGraceMs: 5_000 },
    task: { ...placed, state: 'running', startedAtMs: at(2_000) },
    lastMs: 46_999,
    state: 'stopping',
  },
  {
    what: 'a handler that says nothing for too long',
    spec: { driver: 'handler', timeouts: { ...none, runMs: 500_000, progressMs: 10_000 }, killGraceMs: 5_000 },
    task: {
      ...placed,
      driver: 'handler',
      state: 'running',
      startedAtMs: at(2_000),
      progress: { share: null, text: '', atMs: at(20_000) },
    },
    lastMs: 64_999,
    state: 'stopping',
  },
]

describe('reconcileTimeouts', () => {
  it.each(cases)('ends $what', ({ spec: changes, task: state, lastMs, state: becomes }) => {
    const spec = aSpec('t1', changes)
    const task = aTask(spec, state)
    const look = (subject: Task, nowMs: number) =>
      reconcileTimeouts([subject], { specOf: () => spec, nowMs: at(nowMs), by: 'controller:c1' })

    expect(look(task, lastMs)).toEqual([])
    const [change] = look(task, lastMs + 1)
    expect(change?.task).toMatchObject({ state: becomes, stop: { why: 'timeout', becomes: 'timed-out' } })
    if (change) expect(look(change.task, lastMs + 100_000)).toEqual([])
  })

  it.each<{ readonly what: string; readonly spec: Partial<TaskSpec>; readonly task: Partial<Task> }>([
    { what: 'the queue after a first attempt', spec: { timeouts: { ...none, queueMs: 1 } }, task: lost },
    {
      what: 'output lines, which only the agent sees',
      spec: { timeouts: { ...none, progressMs: 1_000 } },
      task: { ...placed, state: 'running' },
    },
    { what: 'a task without timeouts', spec: { timeouts: none }, task: { ...placed, state: 'running' } },
    { what: 'a task that is unknown', spec: {}, task: { ...placed, state: 'unknown' } },
    { what: 'a task that has ended', spec: {}, task: { state: 'succeeded' } },
  ])('does not time $what', ({ spec: changes, task }) => {
    const spec = aSpec('t1', changes)
    expect(
      reconcileTimeouts([aTask(spec, task)], { specOf: () => spec, nowMs: at(10 ** 9), by: 'controller:c1' }),
    ).toEqual([])
  })
})
