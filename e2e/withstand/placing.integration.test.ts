import { eventually, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { events, script, submit, task, untilAllEnded, untilState } from './tasks.ts'

let cluster: TestCluster
const started: string[] = []
beforeAll(async () => {
  cluster = await startCluster({ controllers: 1, nodes: ['n1', 'n2', 'n3'] })
})
afterEach(async () => {
  const ids = started.splice(0)
  for (const id of ids) await cluster.mutate('tasks.cancel', { id, reason: 'test' }).catch(() => undefined)
  // The next test counts what is on the nodes.
  await untilAllEnded(cluster, ids)
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

describe('work with wishes and ties', () => {
  it('keeps apart from its own kind, one a node, and waits rather than share', async () => {
    const apart = { name: 'solo', taskAffinities: [{ how: 'apart', job: 'solo' }], strategy: 'first' }
    const ids = []
    for (let n = 0; n < 3; n++) ids.push((await untilState(cluster, await begin(apart), 'running')).nodeId)
    expect(new Set(ids)).toEqual(new Set(['n1', 'n2', 'n3']))
    const fourth = await begin(apart)
    await untilWaits(fourth, /3 nodes: 3 not apart from solo/)
    const [first] = started
    await cluster.mutate('tasks.cancel', { id: first, reason: 'test' })
    await untilState(cluster, fourth, 'running')
  })

  it('goes where the job is that it must be with, and lies even over a label of the operators', async () => {
    for (const [id, rack] of [
      ['n1', 'r1'],
      ['n2', 'r2'],
      ['n3', 'r2'],
    ] as const)
      await cluster.mutate('nodes.setLabels', { id, labels: { rack } })
    const follower = await begin({ name: 'follower', taskAffinities: [{ how: 'with', job: 'base', within: 'rack' }] })
    await untilWaits(follower, /3 not with base/)
    await untilState(cluster, await begin({ name: 'base', onNodes: ['n2'] }), 'running')
    expect(['n2', 'n3']).toContain((await untilState(cluster, follower, 'running')).nodeId)

    const even = { name: 'even', spreadOver: [{ label: 'rack' }], strategy: 'first' }
    const nodes = []
    for (let n = 0; n < 4; n++) nodes.push((await untilState(cluster, await begin(even), 'running')).nodeId)
    expect(nodes.filter((id) => id === 'n1')).toHaveLength(2)

    const wish = await begin({
      name: 'wish',
      affinities: [{ label: 'rack', operator: 'in', values: ['r1'], weight: 60 }],
    })
    expect((await untilState(cluster, wish, 'running')).nodeId).toBe('n1')
    const { now } = await cluster.query<{ now: { entry: { because: string } } }>('tasks.explain', { id: wish })
    expect(now.entry.because).toContain('1 of 3 eligible nodes meets its wishes best (60)')
    for (const id of ['n1', 'n2', 'n3']) await cluster.mutate('nodes.setLabels', { id, labels: {} })
  })

  it('is told its ports, no two tasks of a node the same, and one that another program has is not used', async () => {
    const server =
      'exec node -e \'require("http").createServer((_, r) => r.end(process.env.QD_TASK_ID)).listen(+process.env.QD_TASK_PORT_HTTP, "127.0.0.1")\''
    const listen = { name: 'listens', onNodes: ['n1'], ports: [{ name: 'http' }] }
    const ids = await Promise.all([1, 2, 3].map(() => listening(server, listen)))
    const ports = await Promise.all(ids.map((id) => portOf(id)))
    expect(new Set(ports).size).toBe(3)
    for (const [n, port] of ports.entries()) {
      const answer = await eventually(`port ${port} answers`, async () =>
        (await fetch(`http://127.0.0.1:${port}`)).text(),
      )
      expect(answer).toBe(ids[n])
    }
    const [taken] = ports
    const second = await begin({ name: 'second', onNodes: ['n2'], ports: [{ name: 'http', port: taken }] })
    const seen = await eventually('the agent of n2 refuses it', async () => {
      const { attempts } = await task(cluster, second)
      return attempts.find(({ outcome }) => outcome === 'rejected')?.exit?.error
    })
    expect(seen).toBe(`Another program on this machine listens on port ${taken} (http).`)
  })

  async function listening(text: string, more: object): Promise<string> {
    const id = await submit(cluster, script(text, more))
    started.push(id)
    await untilState(cluster, id, 'running')
    return id
  }

  async function portOf(id: string): Promise<number> {
    const { value } = await cluster.query<{ value: { task: { ports?: { name: string; port: number }[] } } }>(
      'tasks.get',
      { id },
    )
    const port = value.task.ports?.find(({ name }) => name === 'http')?.port
    if (port === undefined) throw new Error(`${id} was given no port`)
    return port
  }
})

describe('important work', () => {
  it('may have less important work stopped for it, which runs again when there is room', async () => {
    const { value } = await cluster.query<{ value: { capacity: { cpuMillis: number } } }>('nodes.get', { id: 'n1' })
    const resources = { cpuMillis: value.capacity.cpuMillis, memoryBytes: 1024 * 1024 }
    const fill = { name: 'fills', onNodes: ['n1'], resources, priority: 20, killGraceMs: 500 }
    const victim = await begin(fill)
    await untilState(cluster, victim, 'running')
    const polite = await begin({ name: 'polite', onNodes: ['n1'], resources, priority: 90 })
    await untilWaits(polite, /too little CPU/)
    expect(await task(cluster, victim)).toMatchObject({ state: 'running', attempt: 1 })

    const wanted = { onNodes: ['n1'], resources, priority: 95, preempts: true }
    type Foreseen = { id: string; makesRoom?: { nodeId: string; stops: { taskId: string }[] } }
    const plan = await cluster.mutate<Foreseen>('tasks.plan', script('sleep 300', { name: 'urgent', ...wanted }))
    expect(plan.makesRoom).toMatchObject({ nodeId: 'n1', stops: [{ taskId: victim, name: 'fills', priority: 20 }] })
    expect(await task(cluster, victim)).toMatchObject({ state: 'running' })
    const { taskId: urgent } = await cluster.mutate<{ taskId: string }>('tasks.confirm', { planId: plan.id })
    started.push(urgent)
    expect((await untilState(cluster, urgent, 'running')).nodeId).toBe('n1')
    expect(await task(cluster, victim)).toMatchObject({ state: 'queued', attempt: 1, failures: 0 })
    const said = await events(cluster)
    expect(said.map(({ text }) => text).join('\n')).toContain(
      'stopping fills (priority 20) makes room on n1 for priority 95',
    )
    await cluster.mutate('tasks.cancel', { id: polite, reason: 'test' })
    await cluster.mutate('tasks.cancel', { id: urgent, reason: 'test' })
    expect(await untilState(cluster, victim, 'running')).toMatchObject({ attempt: 2 })
  })
})

describe('a taint no-execute', () => {
  it('says before what it would stop, and moves just that', async () => {
    const goes = await begin({ name: 'goes', onNodes: ['n1', 'n2'], strategy: 'first' })
    const stays = await begin({ name: 'stays', onNodes: ['n1'], tolerations: [{ key: 'leaving' }] })
    const pid = await untilState(cluster, goes, 'running')
    await untilState(cluster, stays, 'running')
    expect(pid.nodeId).toBe('n1')
    const taints = [{ key: 'leaving', effect: 'no-execute' }]
    const preview = await cluster.query<{ stay: number; moves: { taskId: string; fate: string; toNodeId: string }[] }>(
      'nodes.previewTaints',
      { id: 'n1', taints },
    )
    expect(preview.moves).toMatchObject([{ taskId: goes, fate: 'moves', toNodeId: 'n2' }])
    await placing('n1', { taints })
    const moved = await eventually('it runs elsewhere', async () => {
      const view = await task(cluster, goes)
      return view.attempt === 2 && view.state === 'running' ? view : null
    })
    expect(moved).toMatchObject({ nodeId: 'n2', failures: 0 })
    expect(await task(cluster, stays)).toMatchObject({ state: 'running', nodeId: 'n1', attempt: 1 })
  })
})
