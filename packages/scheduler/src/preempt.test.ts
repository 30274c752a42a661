import type { Node, NodeId, Task, TaskId, TaskSpec } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { aNode, aSpec, aTask, at } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { ClusterSnapshot } from './cluster-snapshot.ts'
import { plan } from './plan.ts'
import { preempt } from './preempt.ts'

const context = { random: seededRandom(1), nowMs: at(10_000) }
const GIB = 2 ** 30

type Running = { readonly on: string; readonly spec: TaskSpec; readonly more?: Partial<Task> }

function cluster(nodes: readonly Node[], running: readonly Running[]) {
  const snapshot = new ClusterSnapshot()
  const tasks = new Map<TaskId, Task>()
  for (const node of nodes) snapshot.upsertNode(node, 1)
  for (const { on, spec, more } of running) {
    const nodeId = on as NodeId
    const task = aTask(spec, {
      state: 'running',
      nodeId,
      attempt: 1,
      startedAtMs: at(1_000),
      priority: spec.priority,
      ...more,
    })
    tasks.set(task.id, task)
    snapshot.placeTask({ ...task, nodeId })
  }
  snapshot.complete = true
  return { snapshot, taskOf: (id: TaskId) => tasks.get(id) }
}

const cpu = (cpuMillis: number) => ({ resources: { cpuMillis, memoryBytes: 64 * 1024 * 1024 } })
const small = (id: string, priority: number, cpuMillis = 1_000) => aSpec(id, { ...cpu(cpuMillis), priority })
const urgent = (cpuMillis: number, more: Partial<TaskSpec> = {}) =>
  aSpec('urgent', { ...cpu(cpuMillis), priority: 90, preempts: true, ...more })
const asked = (spec: TaskSpec) => ({ spec, task: aTask(spec, { priority: spec.priority }) })
const four = (id: string, more: Partial<Node> = {}) =>
  aNode(id, { capacity: { cpuMillis: 4_000, memoryBytes: 8 * GIB, taskSlots: 16 }, ...more })

describe('preemption', () => {
  it('stops as few and as unimportant tasks as make room, the youngest among equals', () => {
    const { snapshot, taskOf } = cluster(
      [four('n1'), four('n2')],
      [
        { on: 'n1', spec: small('a', 50, 2_000) },
        { on: 'n1', spec: small('b', 20) },
        { on: 'n1', spec: small('c', 20), more: { startedAtMs: at(9_000) } },
        { on: 'n2', spec: small('d', 30, 4_000) },
      ],
    )
    const found = preempt(snapshot, asked(urgent(1_000)), context, taskOf)
    expect(found).toMatchObject({ nodeId: 'n1', victims: ['c'] })
    expect(found?.because).toBe('stopping c (priority 20) makes room on n1 for priority 90')
    expect(preempt(snapshot, asked(urgent(2_000)), context, taskOf)?.victims).toEqual(['c', 'b'])
    expect(preempt(snapshot, asked(urgent(4_000)), context, taskOf)).toMatchObject({ nodeId: 'n2', victims: ['d'] })
  })

  it('gives back a victim that a larger one made needless', () => {
    const { snapshot, taskOf } = cluster(
      [four('n1')],
      [
        { on: 'n1', spec: small('little', 10, 500) },
        { on: 'n1', spec: small('large', 20, 3_500) },
      ],
    )
    expect(preempt(snapshot, asked(urgent(3_000)), context, taskOf)?.victims).toEqual(['large'])
  })

  it('spares who is nearly as important, the system, and what must not run twice', () => {
    const { snapshot, taskOf } = cluster(
      [four('n1')],
      [
        { on: 'n1', spec: small('near', 81) },
        { on: 'n1', spec: small('once', 10), more: { policy: 'at-most-once' } },
        { on: 'n1', spec: small('own', 10), more: { system: true } },
        { on: 'n1', spec: small('far', 80) },
      ],
    )
    expect(preempt(snapshot, asked(urgent(1_000)), context, taskOf)?.victims).toEqual(['far'])
    expect(preempt(snapshot, asked(urgent(2_000)), context, taskOf)).toBeNull()
  })

  it('does nothing about what stopping cannot change, and counts what is leaving as gone', () => {
    const { snapshot, taskOf } = cluster(
      [four('n1', { scheduling: 'cordoned' })],
      [{ on: 'n1', spec: small('a', 1, 4_000) }],
    )
    expect(preempt(snapshot, asked(urgent(1_000)), context, taskOf)).toBeNull()
    const stop = {
      why: 'cancel',
      becomes: 'cancelled',
      by: 'x',
      requestedAtMs: at(1),
      graceMs: 0,
      timeout: null,
    } as const
    const leaving = cluster(
      [four('n1')],
      [
        { on: 'n1', spec: small('a', 1, 3_000), more: { state: 'stopping', stop } },
        { on: 'n1', spec: small('b', 1, 1_000) },
      ],
    )
    // Room for it is coming anyway: nobody is stopped for it.
    expect(preempt(leaving.snapshot, asked(urgent(3_000)), context, leaving.taskOf)).toBeNull()
    expect(preempt(leaving.snapshot, asked(urgent(4_000)), context, leaving.taskOf)?.victims).toEqual(['b'])
  })

  it('leaves the snapshot as it was', () => {
    const { snapshot, taskOf } = cluster([four('n1')], [{ on: 'n1', spec: small('a', 1, 4_000) }])
    const before = [...snapshot.accounts.cpuMillisFree]
    preempt(snapshot, asked(urgent(1_000)), context, taskOf)
    expect([...snapshot.accounts.cpuMillisFree]).toEqual(before)
  })
})

describe('room that is being made', () => {
  const room = { nodeId: 'n1' as NodeId, victims: ['a' as TaskId], untilMs: at(60_000) }

  it('is taken by nobody else meanwhile, and by the task itself when it is there', () => {
    const { snapshot } = cluster([four('n1')], [{ on: 'n1', spec: small('a', 1, 3_000) }])
    const spec = urgent(3_000)
    const awaited = { ...aTask(spec, { priority: 90 }), room }
    snapshot.placeTask({ ...awaited, nodeId: room.nodeId, isAwaited: true })
    const other = asked(small('other', 50, 1_000))

    const during = plan(snapshot, [{ task: awaited, spec }, other], context)
    expect(during.placements).toEqual([])
    expect(during.refusals[0]?.decision.wouldFit).toBe(
      'Room is being made on n1: a less important task is being stopped there.',
    )
    snapshot.releaseTask('a' as TaskId)
    const after = plan(snapshot, [other, { task: awaited, spec }], context)
    expect(after.placements.map(({ taskId, nodeId }) => [taskId, nodeId])).toEqual([
      ['urgent', 'n1'],
      ['other', 'n1'],
    ])
    expect(after.placements[0]?.decision.because).toBe('room was made for it there')
  })
})
