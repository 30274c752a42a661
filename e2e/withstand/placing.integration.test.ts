import { eventually, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { script, submit, task, untilState } from './tasks.ts'

let cluster: TestCluster
const started: string[] = []
beforeAll(async () => {
  cluster = await startCluster({ controllers: 1, nodes: ['n1', 'n2', 'n3'] })
})
afterEach(async () => {
  for (const id of started.splice(0))
    await cluster.mutate('tasks.cancel', { id, reason: 'test' }).catch(() => undefined)
  for (const id of ['n1', 'n2', 'n3']) await placing(id, { pool: 'default', taints: [] })
})
afterAll(() => cluster?.stop())

function placing(id: string, change: object) {
  return cluster.mutate('nodes.setPlacing', { id, reason: 'test', ...change })
}

async function begin(more: object): Promise<string> {
  const id = await submit(cluster, script('sleep 300', more))
  started.push(id)
  return id
}

function untilWaits(id: string, because: RegExp) {
  return eventually(`${id} waits for ${because}`, async () => {
    const { now } = await cluster.query<{ now: { entry: { because: string } } | null }>('tasks.explain', { id })
    if (now && because.test(now.entry.because)) return now.entry.because
    throw new Error(now?.entry.because)
  })
}

describe('work', () => {
  it('goes to the nodes of its pool, and begins when one joins it', async () => {
    await placing('n3', { pool: 'gpu' })
    const own = await untilState(cluster, await begin({ name: 'own', pool: 'gpu' }), 'running')
    expect(own.nodeId).toBe('n3')
    const usual = await Promise.all([1, 2, 3, 4].map((n) => begin({ name: `usual-${n}` })))
    for (const id of usual) expect((await untilState(cluster, id, 'running')).nodeId).not.toBe('n3')
    const waits = await begin({ name: 'waits', pool: 'batch' })
    await untilWaits(waits, /3 nodes: 3 not in pool batch/)
    await placing('n2', { pool: 'batch' })
    expect((await untilState(cluster, waits, 'running')).nodeId).toBe('n2')
  })

  it('is kept off by a taint unless it tolerates it; what runs there goes on', async () => {
    const before = await untilState(cluster, await begin({ name: 'before', onNodes: ['n1'] }), 'running')
    await placing('n1', { taints: [{ key: 'team', value: 'ml', effect: 'no-schedule' }] })
    const stranger = await begin({ name: 'stranger', onNodes: ['n1'] })
    await untilWaits(stranger, /1 tainted team/)
    const friend = await begin({ name: 'friend', onNodes: ['n1'], tolerations: [{ key: 'team', value: 'ml' }] })
    await untilState(cluster, friend, 'running')
    expect(await task(cluster, before.id)).toMatchObject({ state: 'running', nodeId: 'n1', attempt: 1 })
    await placing('n1', { taints: [] })
    await untilState(cluster, stranger, 'running')
  })

  it('keeps its taints and pool when its agent starts again', async () => {
    await placing('n2', { pool: 'gpu', taints: [{ key: 'gpu', effect: 'prefer-not' }] })
    const before = cluster.agent('n2').agentPid()
    cluster.agent('n2').kill9Agent()
    await eventually('another agent runs', () => ![undefined, before].includes(cluster.agent('n2').agentPid()))
    const { value } = await cluster.query<{ value: { pool: string; taints: object[] } }>('nodes.get', { id: 'n2' })
    expect(value).toMatchObject({ pool: 'gpu', taints: [{ key: 'gpu', value: '', effect: 'prefer-not' }] })
  })

  it('of one job stays within its bulkhead, and goes on when there is room; its queue is bounded', async () => {
    const concurrency = { running: 2, waiting: 1 }
    const first = await begin({ name: 'bounded', concurrency })
    const second = await begin({ name: 'bounded', concurrency })
    for (const id of [first, second]) await untilState(cluster, id, 'running')
    const third = await begin({ name: 'bounded', concurrency })
    await untilWaits(third, /2 of bounded are under way, the most that the job allows/)
    await expect(begin({ name: 'bounded', concurrency })).rejects.toMatchObject({
      failure: {
        code: 'queue_full',
        field: 'concurrency.waiting',
        message: '1 of bounded wait, the most that the job allows.',
      },
    })
    await cluster.mutate('tasks.cancel', { id: first, reason: 'test' })
    await untilState(cluster, third, 'running')
  })

  it('of one job is spread by its limit per node', async () => {
    const ids = await Promise.all(
      [1, 2, 3, 4].map(() => begin({ name: 'apart', strategy: 'first', concurrency: { perNode: 1 } })),
    )
    const running = await eventually('three of them run', async () => {
      const views = await Promise.all(ids.map((id) => task(cluster, id)))
      const found = views.filter(({ state }) => state === 'running')
      return found.length === 3 ? found : null
    })
    expect(new Set(running.map(({ nodeId }) => nodeId))).toEqual(new Set(['n1', 'n2', 'n3']))
  })
})
