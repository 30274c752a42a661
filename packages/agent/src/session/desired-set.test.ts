import { desiredDigest, type HeldAttempt } from '@quarterdeck/domain/wire'
import { programAssignment } from '@quarterdeck/testkit/assignments'
import { describe, expect, it } from 'vitest'
import { type DesiredCommand, DesiredSet } from './desired-set.ts'

const [one, two] = ['one', 'two'].map((id) => programAssignment(id, { command: 'true' })) as [
  ReturnType<typeof programAssignment>,
  ReturnType<typeof programAssignment>,
]
const command = (part: Partial<DesiredCommand>): DesiredCommand => ({
  kind: 'desired',
  generation: 10,
  whole: true,
  assignments: [],
  released: [],
  ...part,
})
const held = (taskId: HeldAttempt['taskId'], state: HeldAttempt['state'] = 'running'): HeldAttempt => ({
  taskId,
  attempt: 1,
  state,
  startedAtMs: null,
})
const names = (orders: ReturnType<DesiredSet['apply']>) =>
  orders.map((order) => `${order.kind} ${order.kind === 'run' ? order.assignment.taskId : order.ref.taskId}`)

describe('a desired set', () => {
  it('runs what it names and stops what it does not', () => {
    const orders = new DesiredSet().apply(command({ assignments: [one] }), [held(one.taskId), held(two.taskId)])
    expect(names(orders)).toEqual(['run one', 'stop two'])
  })

  it('leaves ended attempts alone: their results are not delivered yet', () => {
    expect(new DesiredSet().apply(command({}), [held(one.taskId, 'ended')])).toEqual([])
  })

  it('that is partial stops only what it releases', () => {
    const orders = new DesiredSet().apply(command({ whole: false, released: ['two/1'] }), [
      held(one.taskId),
      held(two.taskId),
    ])
    expect(names(orders)).toEqual(['stop two'])
  })

  it('of a lower generation changes nothing', () => {
    const desired = new DesiredSet()
    desired.apply(command({ assignments: [one] }), [])
    expect(desired.apply(command({ generation: 9 }), [held(one.taskId)])).toEqual([])
    expect(desired.digest()).toBe(desiredDigest([one]))
  })

  it('counts anew in another history', () => {
    const desired = new DesiredSet()
    desired.enterHistory('first')
    desired.apply(command({ assignments: [one] }), [])
    desired.enterHistory('first')
    expect(desired.apply(command({ generation: 9, assignments: [two] }), [])).toEqual([])
    desired.enterHistory('second')
    expect(names(desired.apply(command({ generation: 1, assignments: [two] }), []))).toEqual(['run two'])
  })

  it('has the digest of what it names, whatever way it came to it', () => {
    const whole = new DesiredSet()
    whole.apply(command({ assignments: [one] }), [])
    const pieces = new DesiredSet()
    pieces.apply(command({ assignments: [two] }), [])
    pieces.apply(command({ whole: false, generation: 11, assignments: [one], released: ['two/1'] }), [])
    expect(pieces.digest()).toBe(whole.digest())
  })

  it('forgets what is stored', () => {
    const desired = new DesiredSet()
    desired.apply(command({ assignments: [one, two] }), [])
    desired.forget([{ taskId: one.taskId, attempt: 1 }])
    expect(desired.digest()).toBe(desiredDigest([two]))
  })
})
