import { eventually, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { script, submit, task, untilNode, untilState } from './tasks.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({ controllers: 1, nodes: ['n1', 'n2'], nodeEnv: { n1: { QD_LABELS: 'disk=ssd' } } })
})
afterAll(() => cluster?.stop())

type Loss = {
  id: string
  counts: object
  moves: { taskId: string; fate: string; toNodeId: string | null; because: string }[]
}
type Since = {
  goneNodeIds: string[]
  difference: string | null
  actual: { taskId: string; fate: string; toNodeId: string | null }[]
}
type Survivability = {
  sentence: string
  anyNode: boolean
  nodes: { id: string; survives: boolean; because: string | null }[]
}

describe('what can be lost', () => {
  it('is foretold as it then happens, and the node that cannot be lost is named with its reason', async () => {
    const free = await submit(cluster, script('sleep 300', { name: 'free', notOnNodes: ['n2'] }))
    await untilState(cluster, free, 'running')
    const bound = await submit(
      cluster,
      script('sleep 300', { name: 'bound', constraints: [{ label: 'disk', operator: 'in', values: ['ssd'] }] }),
    )
    await untilState(cluster, bound, 'running')
    const anywhere = await submit(cluster, script('sleep 300', { name: 'anywhere', onNodes: ['n1', 'n2'] }))
    const placed = await untilState(cluster, anywhere, 'running')

    const loss = await cluster.mutate<Loss>('nodes.previewLoss', { ids: ['n1'] })
    const since = async () =>
      (await cluster.query<{ plan: Loss; since: Since }>('plans.get', { planId: loss.id })).since
    expect(await cluster.query('plans.get', { planId: loss.id })).toMatchObject({ kind: 'loss', plan: loss })
    expect(await since()).toMatchObject({ goneNodeIds: [], difference: null, actual: [] })
    const fateOf = (id: string) => loss.moves.find(({ taskId }) => taskId === id)
    expect(fateOf(bound)).toMatchObject({ fate: 'nowhere', because: expect.stringMatching(/disk/) })
    expect(fateOf(free)).toMatchObject({ fate: 'nowhere' })
    if (placed.nodeId === 'n1') expect(fateOf(anywhere)).toMatchObject({ fate: 'moves', toNodeId: 'n2' })

    const judged = await eventually('the background answer names n1', async () => {
      const answer = await cluster.query<Survivability | null>('cluster.survivability')
      return answer?.nodes.some(({ id, survives }) => id === 'n1' && !survives) ? answer : null
    })
    expect(judged.anyNode).toBe(false)
    expect(judged.sentence).toMatch(/n1/)

    // What is other by now is said of the plan that was kept.
    const late = await submit(cluster, script('sleep 300', { name: 'late', onNodes: ['n1'] }))
    await untilState(cluster, late, 'running')
    expect((await since()).difference).toBe('1 task was placed there since: late.')
    await cluster.mutate('tasks.cancel', { id: late, reason: 'test' })
    await untilState(cluster, late, 'cancelled')
    expect((await since()).difference).toBeNull()

    // Asking changed nothing; and what was foretold is what happens.
    expect((await task(cluster, bound)).attempt).toBe(1)
    await cluster.agent('n1').kill9Tree()
    await untilNode(cluster, 'n1', 'is down', ({ health }) => health === 'down')
    await untilState(cluster, bound, 'queued')
    await untilState(cluster, free, 'queued')
    expect(await untilState(cluster, anywhere, 'running')).toMatchObject({ nodeId: 'n2' })
    const happened = await since()
    expect(happened).toMatchObject({ goneNodeIds: ['n1'], difference: null })
    const fates = new Map(happened.actual.map(({ taskId, fate, toNodeId }) => [taskId, { fate, toNodeId }]))
    for (const { taskId, fate, toNodeId } of loss.moves)
      expect(fates.get(taskId)).toEqual({ fate: fate === 'moves' ? 'moved' : 'waiting', toNodeId })
  })

  it('is asked of a zone that exists, or refused in one sentence', async () => {
    await expect(cluster.mutate('nodes.previewLoss', { zone: 'nowhere' })).rejects.toMatchObject({
      failure: { code: 'node_not_found', message: expect.stringContaining('"nowhere"') },
    })
    await expect(cluster.mutate('nodes.previewLoss', {})).rejects.toMatchObject({ failure: { code: 'bad_input' } })
  })
})
