import type { DeliveryPolicy, NodeId, Task, TaskState } from '@quarterdeck/domain'
import type { HeldAttempt } from '@quarterdeck/domain/wire'
import { seededRandom } from '@quarterdeck/platform'
import { aSpec, aTask, at } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assign } from '../task/assign.ts'
import { loseAttempt } from '../task/end-attempt.ts'
import { moveTo } from '../task/move-to.ts'
import { requestStop } from '../task/request-stop.ts'
import { reconcileHeld } from './reconcile-held.ts'

const nodeId = 'web-1' as NodeId

describe('reconcileHeld', () => {
  it('makes an unknown task running again when its node still runs it', () => {
    const unknown = moveTo(running(), 'unknown', at(3_000))
    expect(look(unknown, [held()])).toMatchObject([
      { task: { state: 'running' }, events: [{ type: 'task.readopted' }] },
    ])
  })

  it('keeps the original when the replacement has not begun', () => {
    const lost = loseAttempt(running(), 'the node is down', at(3_000)).task
    expect(look(lost, [held()])).toMatchObject([{ task: { state: 'running', attempt: 1, nodeId: 'web-1' } }])
  })

  it('leaves a replacement alone that was already given to another node', () => {
    const lost = loseAttempt(running(), 'the node is down', at(3_000)).task
    const again = assign(lost, { nodeId: 'web-2' as NodeId, epoch: 1, nowMs: at(4_000) }).task
    expect(look(again, [held()])).toEqual([])
  })

  it('takes up a stop again that was asked for while nobody could tell', () => {
    const unknown = moveTo(running(), 'unknown', at(3_000))
    const stop = { why: 'cancel', becomes: 'cancelled', by: 'user:ana', graceMs: 0, timeout: null } as const
    expect(look(requestStop(unknown, stop, at(4_000)).task, [held()])).toMatchObject([{ task: { state: 'stopping' } }])
  })

  it('lets an attempt that ended report its end itself', () => {
    expect(look(moveTo(running(), 'unknown', at(3_000)), [held('ended')])).toEqual([])
  })

  it('offers an assignment again that never arrived', () => {
    const assigned = assign(aTask(aSpec('t1')), { nodeId, epoch: 1, nowMs: at(1_000) }).task
    expect(look(assigned, [])).toEqual([])
  })

  it.each<{ readonly policy: DeliveryPolicy; readonly state: TaskState }>([
    { policy: 'at-least-once', state: 'queued' },
    { policy: 'exclusive', state: 'queued' },
    { policy: 'at-most-once', state: 'lost-unknown' },
  ])('makes a $policy task $state that its node no longer holds', ({ policy, state }) => {
    expect(look(running(policy), [])).toMatchObject([{ task: { state } }])
  })

  it('queues an unknown task that provably never began, under any policy', () => {
    const assigned = assign(aTask(aSpec('t1', { policy: 'at-most-once' })), { nodeId, epoch: 1, nowMs: at(1_000) }).task
    expect(look(moveTo(assigned, 'unknown', at(2_000)), [])).toMatchObject([{ task: { state: 'queued' } }])
  })

  it('does nothing twice', () => {
    const arbitraryCase = fc.record({
      policy: fc.constantFrom<DeliveryPolicy>('at-least-once', 'at-most-once', 'exclusive'),
      state: fc.constantFrom('running', 'unknown', 'stopping', 'lost'),
      isHeld: fc.boolean(),
    })
    fc.assert(
      fc.property(arbitraryCase, ({ policy, state, isHeld }) => {
        const base = running(policy)
        const stop = { why: 'cancel', becomes: 'cancelled', by: 'x', graceMs: 0, timeout: null } as const
        const tasks: Record<typeof state, Task> = {
          running: base,
          unknown: moveTo(base, 'unknown', at(3_000)),
          stopping: requestStop(base, stop, at(3_000)).task,
          lost: loseAttempt(base, 'down', at(3_000)).task,
        }
        const inventory = isHeld ? [held()] : []
        const [change] = look(tasks[state], inventory)
        expect(look(change?.task ?? tasks[state], inventory)).toEqual([])
      }),
    )
  })
})

function running(policy: DeliveryPolicy = 'at-least-once'): Task {
  const assigned = assign(aTask(aSpec('t1', { policy })), { nodeId, epoch: 1, nowMs: at(1_000) }).task
  const attempts = assigned.attempts.map((record) => ({
    ...record,
    outcome: 'running' as const,
    startedAtMs: at(2_000),
  }))
  return moveTo(assigned, 'running', at(2_000), { startedAtMs: at(2_000), attempts })
}

function held(state: HeldAttempt['state'] = 'running'): HeldAttempt {
  return { taskId: aSpec('t1').id, attempt: 1, state, startedAtMs: at(2_000) }
}

function look(task: Task, inventory: readonly HeldAttempt[]) {
  return reconcileHeld({
    nodeId,
    held: inventory,
    placedHere: task.nodeId === nodeId ? [task] : [],
    taskOf: () => task,
    specOf: () => aSpec('t1', { policy: task.policy }),
    nowMs: at(10_000),
    random: seededRandom(1),
  })
}
