import { type Breaker, breakerId, type NodeId } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { aNode, aSpec, aTask, at } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { ClusterSnapshot } from './cluster-snapshot.ts'
import { plan } from './plan.ts'

function breakerOn(nodeId: string, state: Breaker['state']): Breaker {
  return {
    v: 1,
    id: breakerId('report', nodeId),
    job: 'report',
    nodeId: nodeId as NodeId,
    state,
    sinceMs: at(0),
    untilMs: at(10_000),
    trips: 1,
    probes: 0,
    because: '5 attempts in a row failed there',
  }
}

function placed(breakers: readonly Breaker[], specs: readonly ReturnType<typeof aSpec>[]) {
  const snapshot = new ClusterSnapshot()
  for (const id of ['n1', 'n2']) snapshot.upsertNode(aNode(id), 1)
  for (const breaker of breakers) snapshot.breakers.take(breaker)
  snapshot.complete = true
  const pending = specs.map((spec) => ({ spec, task: aTask(spec) }))
  return plan(snapshot, pending, { random: seededRandom(1), nowMs: at(1_000) })
}

const report = (id: string, more: Parameters<typeof aSpec>[1] = {}) => aSpec(id, { name: 'report', ...more })

describe('an open breaker', () => {
  it('keeps its job away from its node, and no other job', () => {
    const made = placed(
      [breakerOn('n1', 'open')],
      [report('t1'), report('t2'), aSpec('t3', { name: 'other', onNodes: ['n1' as NodeId] })],
    )
    expect(made.placements.map(({ taskId, nodeId }) => `${taskId} ${nodeId}`).sort()).toEqual([
      't1 n2',
      't2 n2',
      't3 n1',
    ])
  })

  it('on every node lets the job wait, and says until when and why', () => {
    const [refusal] = placed([breakerOn('n1', 'open'), breakerOn('n2', 'open')], [report('t1')]).refusals
    expect(refusal?.decision.because).toBe('2 nodes: 2 breaker open')
    expect(refusal?.decision.filters.find(({ filter }) => filter === 'breaker')?.example).toBe(
      'the breaker of report on n1 is open for another 9s: 5 attempts in a row failed there',
    )
  })

  it.each([
    ['asks for none', { faults: { strategy: 'failover', breaker: false } }],
    ['may run there only', { onNodes: ['n1' as NodeId] }],
  ] as const)('does not concern a task that %s', (_what, more) => {
    const made = placed([breakerOn('n1', 'open'), breakerOn('n2', 'open')], [report('t1', more as never)])
    expect(made.placements).toHaveLength(1)
  })

  it('that is half-open lets three attempts through at a time', () => {
    const specs = Array.from({ length: 8 }, (_, n) => report(`t${n}`, { notOnNodes: ['n2' as NodeId] }))
    expect(placed([breakerOn('n1', 'half-open')], specs).placements).toHaveLength(3)
  })

  it('that has closed is forgotten', () => {
    const snapshot = new ClusterSnapshot()
    snapshot.breakers.take(breakerOn('n1', 'open'))
    snapshot.breakers.take(breakerOn('n1', 'closed'))
    const spec = report('t1')
    expect(snapshot.breakers.closedTo({ spec, task: aTask(spec) }, at(0), () => 0).size).toBe(0)
  })
})
