import type {
  ActPlan,
  ControllerId,
  Move,
  NodeId,
  Operation,
  OperationId,
  PlanId,
  PlannedAct,
  Task,
  TaskId,
  UnixMs,
} from '@quarterdeck/domain'
import { aNode, aSpec, aTask } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { actPlanDifference } from './act-plan-difference.ts'
import { roomOf } from './room.ts'
import { type ActOperation, type ActWorld, isActOperation, trackAct } from './track-act.ts'

const n1 = 'n1' as NodeId
const ROOM = roomOf([])
const START = 1_000 as UnixMs

function planOf(act: PlannedAct, more: Partial<ActPlan> = {}): ActPlan {
  return {
    v: 1,
    id: 'plan-1' as PlanId,
    by: 'user:ana',
    act,
    nodeIds: [n1],
    computedAtMs: START,
    sentences: [],
    room: null,
    controllers: null,
    handover: null,
    moves: [],
    busiest: null,
    ...more,
  }
}

function begun(plan: ActPlan): ActOperation {
  return {
    v: 1,
    id: 'op-1' as OperationId,
    kind: plan.act,
    nodeIds: plan.nodeIds,
    by: 'user:ana',
    reason: '',
    state: 'running',
    startedAtMs: START,
    endedAtMs: null,
    plan: null,
    act: { plan, actual: null },
    actual: [],
    progress: [{ nodeId: n1, state: 'running', tasksAtStart: 0, tasksLeft: 0, blockedBy: [] }],
  }
}

function world(more: Partial<ActWorld> = {}): ActWorld {
  return {
    room: ROOM,
    controllers: [{ id: 'c1' as ControllerId, nodeId: null }],
    leader: 'c1' as ControllerId,
    nodeOf: () => aNode('n1', { desiredRole: 'standby' }),
    taskOf: () => undefined,
    replacementOf: () => undefined,
    nowMs: (START + 1_000) as UnixMs,
    ...more,
  }
}

/** What is stored is looked at again: nothing is written twice. */
function settled(operation: Operation, now: ActWorld): Operation {
  const next = trackAct(operation as ActOperation, now) ?? operation
  if (isActOperation(next)) expect(trackAct(next, now)).toBeNull()
  return next
}

const late = (START + 200_000) as UnixMs
const hosted = [
  { id: 'c1' as ControllerId, nodeId: null },
  { id: 'c2' as ControllerId, nodeId: n1 },
]

describe('an act that was planned', () => {
  it('is done with a cordon when that is stored, and says what room was left', () => {
    const room = { before: ROOM, after: ROOM }
    const done = settled(begun(planOf('cordon', { room })), world())
    expect(done).toMatchObject({ state: 'done', act: { actual: { room: ROOM, controllers: null, leader: null } } })
  })

  it('waits for the controller of a promotion, is done when it is live, and failed when it never comes', () => {
    const promotion = begun(planOf('promote', { controllers: { before: 1, after: 2 } }))
    const waiting = settled(promotion, world())
    expect(waiting).toMatchObject({
      state: 'running',
      progress: [{ blockedBy: ['The controller on n1 is starting.'] }],
    })
    expect(settled(waiting, world({ controllers: hosted }))).toMatchObject({
      state: 'done',
      act: { actual: { controllers: 2 } },
    })
    expect(settled(waiting, world({ nowMs: late }))).toMatchObject({
      state: 'failed',
      progress: [{ blockedBy: ['No controller came up on n1 within 2m.'] }],
    })
    expect(settled(waiting, world({ nodeOf: () => aNode('n1', { desiredRole: 'worker' }) }))).toMatchObject({
      state: 'stopped',
    })
  })

  it('is done with a demotion when no controller is there any more, and says who leads', () => {
    const handover = { from: 'c2' as ControllerId, to: 'c1' as ControllerId }
    const demotion = begun(planOf('demote', { controllers: { before: 2, after: 1 }, handover }))
    const nodeOf = () => aNode('n1', { desiredRole: 'worker' })
    expect(settled(demotion, world({ nodeOf, controllers: hosted })).state).toBe('running')
    expect(settled(demotion, world({ nodeOf }))).toMatchObject({
      state: 'done',
      act: { actual: { controllers: 1, leader: 'c1' } },
    })
  })

  it('is done with a removal when the tasks that were to move are placed again, or nowhere is left for them', () => {
    const move: Move = {
      taskId: 't1' as TaskId,
      name: 'job',
      fate: 'moves',
      fromNodeId: n1,
      toNodeId: 'n2' as NodeId,
      because: '',
    }
    const removal = begun(planOf('remove', { moves: [move] }))
    const taskIn = (more: Partial<Task>) => world({ nodeOf: () => undefined, taskOf: () => aTask(aSpec('t1'), more) })
    const waiting = settled(removal, taskIn({ state: 'queued', nodeId: null }))
    expect(waiting).toMatchObject({ state: 'running', progress: [{ tasksLeft: 1 }], actual: [{ fate: 'waiting' }] })
    const placed = taskIn({ state: 'running', nodeId: 'n2' as NodeId })
    expect(settled(waiting, placed)).toMatchObject({ state: 'done', actual: [{ fate: 'moved', toNodeId: 'n2' }] })
    const never = { ...taskIn({ state: 'queued', nodeId: null }), nowMs: late }
    expect(settled(waiting, never)).toMatchObject({ state: 'done', progress: [{ tasksLeft: 1 }] })
  })
})

describe('the difference of a plan', () => {
  const differs = (was: Partial<ActPlan>, is: Partial<ActPlan>) =>
    actPlanDifference(planOf('demote', was), planOf('demote', is), () => aNode('n2'))
  const room = (nodes: number) => ({ before: ROOM, after: { ...ROOM, nodes } })
  const c1 = 'c1' as ControllerId
  const c2 = 'c2' as ControllerId

  it('is nothing when more is left than was said, or when leadership need not move any more', () => {
    expect(differs({ room: room(2) }, { room: room(3) })).toBeNull()
    expect(differs({ controllers: { before: 2, after: 1 } }, { controllers: { before: 3, after: 2 } })).toBeNull()
    expect(differs({ handover: { from: c1, to: c2 } }, {})).toBeNull()
  })

  it('names what is worse or other', () => {
    expect(differs({ room: room(2) }, { room: room(1) })).toMatch(/leave 2 nodes .* leave 1/)
    expect(differs({ controllers: { before: 3, after: 2 } }, { controllers: { before: 2, after: 1 } })).toMatch(
      /2 controllers; now it would leave 1/,
    )
    expect(differs({}, { handover: { from: c1, to: c2 } })).toBe('c1 leads by now: leadership would go to c2.')
    expect(differs({ handover: { from: c1, to: c2 } }, { handover: { from: c1, to: null } })).toBe(
      'c2 was to lead next; now it would be nobody.',
    )
  })
})
