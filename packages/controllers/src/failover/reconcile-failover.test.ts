import type { DeliveryPolicy, NodeHealth, NodeId, Task, TaskState } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { aSpec, aTask, at } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assign } from '../task/assign.ts'
import { moveTo } from '../task/move-to.ts'
import { requestStop } from '../task/request-stop.ts'
import { exclusiveDeadAtMs, type FailoverInput, type LostNode, reconcileFailover } from './reconcile-failover.ts'

const timings = { exclusiveStopAfterMs: 15_000, exclusiveMarginMs: 2_000 }
const down: LostNode = { health: 'down', healthSinceMs: at(106_000), lastConfirmedMs: at(100_000) }

describe('reconcileFailover', () => {
  it('leaves tasks of nodes that are only suspect where they are', () => {
    for (const health of ['joining', 'ready', 'suspect', 'unknown'] satisfies NodeHealth[]) {
      expect(decide(running('at-least-once'), { ...down, health })).toEqual([])
    }
  })

  it('queues an at-least-once task again at once, and counts no failure', () => {
    expect(decide(running('at-least-once'), down)).toMatchObject([
      {
        task: {
          state: 'queued',
          nodeId: null,
          failures: 0,
          attempts: [{ outcome: 'lost' }],
          avoid: [{ how: 'prefer' }],
        },
        events: [
          { type: 'task.lost', text: 'Task t1 (t1) was lost with web-1 (the node is down) and is queued again' },
        ],
      },
    ])
  })

  it('makes an at-most-once task unknown, and leaves it so for as long as its node may come back', () => {
    const [change] = decide(running('at-most-once'), down)
    expect(change?.task).toMatchObject({ state: 'unknown', nodeId: 'web-1' })
    expect(decide(change?.task ?? running('at-most-once'), down, 10_000_000)).toEqual([])
  })

  it('closes an at-most-once task when its node was removed', () => {
    expect(decide(running('at-most-once'), undefined)).toMatchObject([{ task: { state: 'lost-unknown' } }])
  })

  it('runs an exclusive task again only when the keeper must have killed it', () => {
    const [change] = decide(running('exclusive'), down)
    expect(change?.task.state).toBe('unknown')
    const unknown = change?.task ?? running('exclusive')
    const deadAtMs = exclusiveDeadAtMs(down, { killGraceMs: 10_000 }, timings)
    // Last confirmed beat at 100 s + 15 s + 10 s kill grace + 2 s, and more where clocks may drift.
    expect(deadAtMs).toBeGreaterThanOrEqual(127_000)
    expect(decide(unknown, down, Math.ceil(deadAtMs) - 1)).toEqual([])
    expect(decide(unknown, down, Math.ceil(deadAtMs))).toMatchObject([{ task: { state: 'queued' } }])
  })

  it('counts from the moment it was declared down when the last confirmed beat is not known', () => {
    const unknown = moveTo(running('exclusive'), 'unknown', at(106_000))
    const blind = { ...down, lastConfirmedMs: null }
    const deadAtMs = exclusiveDeadAtMs(blind, { killGraceMs: 10_000 }, timings)
    expect(deadAtMs - exclusiveDeadAtMs(down, { killGraceMs: 10_000 }, timings)).toBe(6_000)
    expect(decide(unknown, blind, Math.ceil(deadAtMs) - 1)).toEqual([])
    expect(decide(unknown, blind, Math.ceil(deadAtMs))).toHaveLength(1)
  })

  it('fulfils a cancel of a task whose attempt is lost', () => {
    const stop = { why: 'cancel', becomes: 'cancelled', by: 'user:ana', graceMs: 0, timeout: null } as const
    expect(decide(requestStop(running('at-least-once'), stop, at(1)).task, down)).toMatchObject([
      { task: { state: 'cancelled' } },
    ])
  })

  it('does nothing twice: its changes, once applied, leave nothing to do', () => {
    fc.assert(
      fc.property(fc.array(arbitraryTask, { maxLength: 20 }), fc.nat(300_000), (tasks, nowMs) => {
        const changed = new Map(reconcileFailover(input(tasks, down, nowMs)).map(({ task }) => [task.id, task]))
        const settled = tasks.map((task) => changed.get(task.id) ?? task)
        // An exclusive task takes two looks: unknown first, and queued when its time has come.
        const second = new Map(reconcileFailover(input(settled, down, nowMs)).map(({ task }) => [task.id, task]))
        const final = settled.map((task) => second.get(task.id) ?? task)
        expect([...second.values()].every(({ policy }) => policy === 'exclusive')).toBe(true)
        expect(reconcileFailover(input(final, down, nowMs))).toEqual([])
      }),
    )
  })
})

const arbitraryTask = fc
  .record({
    id: fc.uuid(),
    policy: fc.constantFrom<DeliveryPolicy>('at-least-once', 'at-most-once', 'exclusive'),
    state: fc.constantFrom<TaskState>('queued', 'assigned', 'running', 'unknown', 'stopping', 'succeeded'),
    becomes: fc.constantFrom('cancelled', 'timed-out', 'queued'),
  })
  .map(({ id, policy, state, becomes }): Task => {
    const stop = { why: 'drain', becomes, by: 'x', requestedAtMs: at(0), graceMs: 0, timeout: null } as const
    return { ...running(policy), id: id as Task['id'], state, ...(state === 'stopping' ? { stop } : {}) }
  })

function running(policy: DeliveryPolicy): Task {
  const task = aTask(aSpec('t1', { policy }))
  const assigned = assign(task, { nodeId: 'web-1' as NodeId, epoch: 1, nowMs: at(1_000) }).task
  return moveTo(assigned, 'running', at(2_000), { startedAtMs: at(2_000) })
}

function input(tasks: readonly Task[], node: LostNode | undefined, nowMs: number): FailoverInput {
  return {
    tasks,
    nodeOf: () => node,
    specOf: (id) => aSpec('t1', { id, killGraceMs: 10_000 }),
    timings,
    nowMs: at(nowMs),
    random: seededRandom(1),
  }
}

function decide(task: Task, node: LostNode | undefined, nowMs = 107_000) {
  return reconcileFailover(input([task], node, nowMs))
}
