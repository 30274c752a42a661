import type { NodeId, Task, TaskSpec, UnixMs } from '@quarterdeck/domain'
import { aNode, aSpec, aTask, at } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reconcileEvictions } from './reconcile-evictions.ts'

const leave = { key: 'gone', value: '', effect: 'no-execute' as const, sinceMs: at(1_000) }

function evicted(specs: readonly TaskSpec[], nowMs: UnixMs, state: Task['state'] = 'running') {
  const tasks = specs.map((spec) => aTask(spec, { state, nodeId: 'n1' as NodeId, attempt: 1 }))
  const specOf = (id: Task['id']) => specs.find((spec) => spec.id === id)
  return reconcileEvictions([aNode('n1', { taints: [leave] })], () => tasks, { specOf, nowMs })
}

describe('a taint no-execute', () => {
  it('stops what does not tolerate it, to be queued elsewhere, with the grace of the task', () => {
    const [change] = evicted([aSpec('t1', { killGraceMs: 4_000 })], at(2_000))
    expect(change?.task).toMatchObject({
      state: 'stopping',
      stop: { why: 'taint', becomes: 'queued', by: 'taint:gone', graceMs: 4_000 },
    })
  })

  it('lets stay who tolerates it, and who tolerates it for a while so long', () => {
    const always = aSpec('t1', { tolerations: [{ key: 'gone' }] })
    const awhile = aSpec('t2', { tolerations: [{ key: 'gone', forMs: 5_000 }] })
    expect(evicted([always, awhile], at(5_999))).toEqual([])
    expect(evicted([always, awhile], at(6_000)).map(({ task }) => task.id)).toEqual(['t2'])
  })

  it('of other effects stops nothing', () => {
    const spec = aSpec('t1')
    const task = aTask(spec, { state: 'running', nodeId: 'n1' as NodeId })
    for (const effect of ['no-schedule', 'prefer-not'] as const) {
      const node = aNode('n1', { taints: [{ ...leave, effect }] })
      expect(reconcileEvictions([node], () => [task], { specOf: () => spec, nowMs: at(9_000) })).toEqual([])
    }
  })

  it('asked a second time after its changes finds nothing to do', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            state: fc.constantFrom<Task['state']>('queued', 'assigned', 'running', 'unknown', 'stopping', 'succeeded'),
            forMs: fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: undefined }),
            policy: fc.constantFrom<Task['policy']>('at-least-once', 'at-most-once', 'exclusive'),
          }),
          { maxLength: 8 },
        ),
        fc.integer({ min: 0, max: 20_000 }),
        (rows, now) => {
          const specs = rows.map(({ forMs, policy }, n) =>
            aSpec(`t${n}`, { policy, ...(forMs === undefined ? {} : { tolerations: [{ key: 'gone', forMs }] }) }),
          )
          const tasks = new Map(
            specs.map((spec, n) => [
              spec.id,
              aTask(spec, { state: rows[n]?.state ?? 'running', nodeId: 'n1' as NodeId, policy: spec.policy }),
            ]),
          )
          const look = () =>
            reconcileEvictions([aNode('n1', { taints: [leave] })], () => tasks.values(), {
              specOf: (id) => specs.find((spec) => spec.id === id),
              nowMs: at(now),
            })
          for (const { task } of look()) tasks.set(task.id, task)
          expect(look()).toEqual([])
        },
      ),
    )
  })
})
