import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { eventually, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { events, node, untilNode } from './tasks.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({ controllers: 2, nodes: ['n1', 'n2', 'n3'] })
})
afterEach(async () => {
  for (const { id } of await services())
    await cluster.mutate('services.remove', { id, reason: 'test' }).catch(() => undefined)
  await eventually('no service is left', async () => (await services()).length === 0)
  for (const id of ['n1', 'n2', 'n3'])
    await cluster.mutate('nodes.uncordon', { ids: [id], reason: 'test' }).catch(() => undefined)
})
afterAll(() => cluster?.stop())

type Row = {
  readonly id: string
  readonly wanted: number
  readonly healthy: number
  readonly specVersion: number
  readonly condition: { readonly state: string; readonly because: string }
  readonly rollout: { readonly state: string; readonly kind: string; readonly because: string } | null
}
type Replica = {
  readonly id: string
  readonly state: string
  readonly nodeId: string | null
  readonly attempt: number
  readonly startedAtMs: number | null
  readonly endedAtMs: number | null
  readonly exit: { readonly error: string | null; readonly code: number | null } | null
  readonly replica: { readonly slot: string; readonly specVersion: number; readonly restarts: number }
}

const services = async () => (await cluster.query<{ value: Row[] }>('services.list')).value
async function service(id: string) {
  const { value } = await cluster.query<{ value: { service: Row; tasks: Replica[] } }>('services.get', { id })
  return value
}
const apply = (spec: object) =>
  cluster.mutate<{ plan: { act: string; specVersion: number } }>('services.save', { spec })
const running = async (id: string) => (await service(id)).tasks.filter(({ state }) => state === 'running')

/** A service whose replicas run on, and restart soon. */
const aService = (name: string, more: { readonly text?: string; readonly [field: string]: unknown } = {}) => {
  const { text = 'sleep 1000', ...rest } = more
  return {
    name,
    replicas: 2,
    task: { driver: 'exec', exec: { command: text, shell: true }, killGraceMs: 500 },
    restart: { delayMs: 100 },
    update: { minHealthyMs: 300, healthyDeadlineMs: 60_000 },
    ...rest,
  }
}

function untilService(id: string, what: string, fits: (found: Awaited<ReturnType<typeof service>>) => boolean) {
  return eventually(`service ${id} ${what}`, async () => {
    const found = await service(id)
    if (fits(found)) return found
    const replicas = found.tasks
      .slice(0, 6)
      .map(({ replica, state, nodeId, exit }) => ({ ...replica, state, nodeId, exit }))
    throw new Error(`${JSON.stringify(found.service)} ${JSON.stringify(replicas)}`)
  })
}
const untilHealthy = (id: string, count: number) =>
  untilService(id, `has ${count} healthy replicas`, ({ service: row }) => row.healthy === count && row.wanted === count)

/** Counts as often as it can, until stopped, how many replicas are healthy. */
function watchHealthy(id: string) {
  let least = Number.POSITIVE_INFINITY
  let isWatching = true
  const done = (async () => {
    while (isWatching) {
      least = Math.min(least, (await service(id)).service.healthy)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  return {
    async stop() {
      isWatching = false
      await done
      return least
    },
  }
}

describe('a service', () => {
  it('keeps its replicas running: one that is killed is started again, with its place in its variables', async () => {
    const pids = path.join(cluster.sharedDir, 'replica')
    await apply(aService('steady', { text: `echo $$ > ${pids}.$QD_SERVICE.$QD_SLOT; sleep 1000` }))
    const before = await untilHealthy('steady', 2)
    const first = before.tasks.find(({ replica }) => replica.slot === '0')
    await eventually('the replica wrote its process id', () => existsSync(`${pids}.steady.0`))
    process.kill(Number(readFileSync(`${pids}.steady.0`, 'utf8')), 'SIGKILL')

    const after = await untilService('steady', 'has a new replica 0', ({ tasks }) =>
      tasks.some(({ id, state, replica }) => state === 'running' && replica.slot === '0' && id !== first?.id),
    )
    expect(after.tasks.find(({ id }) => id === first?.id)).toMatchObject({ state: 'failed' })
    expect(
      after.tasks.find(({ state, replica }) => state === 'running' && replica.slot === '0')?.replica.restarts,
    ).toBe(1)
    const kept = before.tasks.find(({ replica }) => replica.slot === '1')
    expect(after.tasks.find(({ id }) => id === kept?.id)).toMatchObject({ state: 'running', attempt: 1 })
  })

  it('replaces the replica of a node that dies', async () => {
    await apply(aService('mobile', { replicas: 3 }))
    const before = await untilHealthy('mobile', 3)
    const victim = before.tasks[0]?.nodeId ?? ''
    await cluster.agent(victim).kill9Tree()
    await untilNode(cluster, victim, 'is down', ({ health }) => health === 'down')
    const after = await untilHealthy('mobile', 3).finally(() => cluster.agent(victim).start())
    expect(after.tasks.filter(({ state }) => state === 'running').map(({ nodeId }) => nodeId)).not.toContain(victim)
    await untilNode(cluster, victim, 'is ready again', ({ health }) => health === 'ready')
  })

  it('scales up and down, and is gone when it is removed', async () => {
    await apply(aService('elastic', { replicas: 1 }))
    await untilHealthy('elastic', 1)
    await cluster.mutate('services.scale', { id: 'elastic', replicas: 4, reason: 'rush' })
    await untilHealthy('elastic', 4)
    await cluster.mutate('services.scale', { id: 'elastic', replicas: 1, reason: 'quiet' })
    await untilService(
      'elastic',
      'has one replica left',
      ({ tasks }) => tasks.filter(({ endedAtMs }) => endedAtMs === null).length === 1,
    )
    expect((await running('elastic'))[0]?.replica.slot).toBe('0')
    await cluster.mutate('services.remove', { id: 'elastic', reason: 'done' })
    await eventually('it is gone', async () => !(await services()).some(({ id }) => id === 'elastic'))
    expect((await events(cluster, { subject: { kind: 'service', id: 'elastic' } })).map(({ type }) => type)).toContain(
      'service.removed',
    )
  })
})

describe('an update', () => {
  it('replaces every replica without ever having fewer, and goes back when asked to', async () => {
    await apply(aService('smooth'))
    await untilHealthy('smooth', 2)
    const watch = watchHealthy('smooth')
    expect((await apply(aService('smooth', { text: 'sleep 2000' }))).plan).toMatchObject({
      act: 'update',
      specVersion: 2,
    })
    const done = await untilService('smooth', 'is updated', ({ service: row }) => row.rollout?.state === 'done')
    expect(await watch.stop()).toBe(2)
    expect(done.tasks.filter(({ state }) => state === 'running').map(({ replica }) => replica.specVersion)).toEqual([
      2, 2,
    ])

    await cluster.mutate('services.rollback', { id: 'smooth', reason: 'test' })
    const back = await untilService(
      'smooth',
      'is rolled back',
      ({ service: row }) => row.rollout?.kind === 'rollback' && row.rollout.state === 'done',
    )
    expect(back.service.specVersion).toBe(1)
    expect(back.tasks.filter(({ state }) => state === 'running').map(({ replica }) => replica.specVersion)).toEqual([
      1, 1,
    ])
    expect((await events(cluster, { subject: { kind: 'service', id: 'smooth' } })).map(({ type }) => type)).toContain(
      'service.updated',
    )
  })

  it('that is bad goes back by itself and says why; the old replicas never stopped', async () => {
    // Long enough that a replica which ends at once is never taken for a healthy one, however slow the machine is.
    const update = { minHealthyMs: 10_000, healthyDeadlineMs: 60_000 }
    await apply(aService('careful', { update }))
    const before = await untilHealthy('careful', 2)
    await apply(aService('careful', { update, text: 'echo cannot start >&2; exit 3' }))
    const back = await untilService(
      'careful',
      'is back',
      ({ service: row }) => row.rollout?.kind === 'revert' && row.rollout.state === 'done',
    )
    expect(back.service).toMatchObject({ specVersion: 1, healthy: 2 })
    for (const { id } of before.tasks)
      expect(back.tasks.find((each) => each.id === id)).toMatchObject({ state: 'running', attempt: 1 })
    const told = await events(cluster, { subject: { kind: 'service', id: 'careful' } })
    expect(told.find(({ type }) => type === 'update.reverted')?.text).toMatch(
      /^Update of careful to version 2 failed and goes back to version 1: Replica \d of version 2 ended on n\d: exit code 3$/,
    )
  })

  it('whose replicas never become healthy pauses, waits after its canary, and goes on when resumed', async () => {
    const update = { minHealthyMs: 300, healthyDeadlineMs: 60_000, onFailure: 'pause', canary: 1 }
    const good = path.join(cluster.sharedDir, 'good')
    const health = {
      type: 'exec',
      command: `test -e ${good}.$QD_SPEC_VERSION`,
      shell: true,
      intervalMs: 250,
      retries: 2,
      startPeriodMs: 1_000,
    }
    writeFileSync(`${good}.1`, '')
    await apply(aService('gated', { health, update }))
    await untilHealthy('gated', 2)
    await apply(aService('gated', { health, update, text: 'sleep 2000' }))
    const stuck = await untilService('gated', 'is paused', ({ service: row }) => row.rollout?.state === 'paused')
    expect(stuck.service.rollout?.because).toContain('is unhealthy: check: exit code 1')
    expect(stuck.service.healthy).toBe(2)

    writeFileSync(`${good}.2`, '')
    // The version is good now: roll it out again, canary first.
    await apply(aService('gated', { health, update, text: 'sleep 3000' }))
    writeFileSync(`${good}.3`, '')
    const canary = await untilService(
      'gated',
      'waits after its canary',
      ({ service: row }) => row.rollout?.state === 'paused' && row.specVersion === 3,
    )
    expect(canary.service.rollout?.because).toContain('Resume the update')
    expect(
      canary.tasks
        .filter(({ state }) => state === 'running')
        .map(({ replica }) => replica.specVersion)
        .sort(),
    ).toEqual([1, 3])
    await cluster.mutate('services.resumeUpdate', { id: 'gated', reason: 'looks good' })
    await untilService('gated', 'is updated', ({ service: row }) => row.rollout?.state === 'done' && row.healthy === 2)
  })
})

describe('a health check', () => {
  it('that fails often enough has the replica stopped and started again', async () => {
    const ill = path.join(cluster.sharedDir, 'ill')
    const health = {
      type: 'exec',
      command: `test ! -e ${ill}`,
      shell: true,
      intervalMs: 250,
      retries: 2,
      startPeriodMs: 500,
    }
    await apply(aService('watched', { replicas: 1, health }))
    const before = await untilHealthy('watched', 1)
    writeFileSync(ill, '')
    await untilService('watched', 'has a replica that was given up', ({ tasks }) =>
      tasks.some(
        ({ state, exit }) => state === 'failed' && exit?.error?.startsWith('it was unhealthy: check: exit code 1'),
      ),
    )
    await eventually('it says that the service is degraded', async () =>
      (await events(cluster, { subject: { kind: 'service', id: 'watched' } })).some(
        ({ type }) => type === 'service.degraded',
      ),
    )
    rmSync(ill)
    const after = await untilHealthy('watched', 1)
    expect(after.tasks.find(({ state }) => state === 'running')?.id).not.toBe(before.tasks[0]?.id)
  })
})

describe('a drain', () => {
  it('moves a replica start-first: as many as before are healthy at every moment, and the preview said so', async () => {
    await apply(aService('constant', { replicas: 3 }))
    const before = await untilHealthy('constant', 3)
    const from = before.tasks[0]?.nodeId ?? ''
    const plan = await cluster.mutate<{ id: string; warnings: string[]; moves: { fate: string; because: string }[] }>(
      'nodes.previewDrain',
      { ids: [from] },
    )
    expect(plan.warnings.join()).toContain('Service constant stays at 3 of 3 healthy replicas')
    expect(plan.moves[0]).toMatchObject({ fate: 'moves' })

    const watch = watchHealthy('constant')
    const { operationId } = await cluster.mutate<{ operationId: string }>('nodes.drain', {
      ids: [from],
      reason: 'kernel',
      planId: plan.id,
    })
    await untilNode(cluster, from, 'is drained', ({ scheduling }) => scheduling === 'drained')
    expect(await watch.stop()).toBe(3)
    expect((await running('constant')).map(({ nodeId }) => nodeId)).not.toContain(from)
    const { value: operation } = await cluster.query<{ value: { actual: { fate: string }[] } }>('operations.get', {
      id: operationId,
    })
    expect(operation.actual.map(({ fate }) => fate)).toContain('replaced')
  })
})

describe('a system service', () => {
  it('runs once on every node, follows new nodes, and is left alone by a drain', async () => {
    await apply({ ...aService('everywhere'), mode: 'system' })
    await untilHealthy('everywhere', 3)
    await cluster.addNode('n4')
    const four = await untilHealthy('everywhere', 4)
    expect(
      four.tasks
        .filter(({ state }) => state === 'running')
        .map(({ nodeId }) => nodeId)
        .sort(),
    ).toEqual(['n1', 'n2', 'n3', 'n4'])
    await cluster.mutate('nodes.drain', { ids: ['n4'], reason: 'test' })
    await untilNode(cluster, 'n4', 'is drained', ({ scheduling }) => scheduling === 'drained')
    expect((await node(cluster, 'n4')).tasksPlaced).toBe(1)
  })
})

describe('replicas with named ports', () => {
  const server =
    'exec node -e "require(\'http\').createServer((_, r) => r.end(process.env.QD_SLOT)).listen(+process.env.QD_TASK_PORT_HTTP)"'
  const task = {
    driver: 'exec',
    exec: { command: server, shell: true },
    killGraceMs: 500,
    onNodes: ['n1'],
    ports: [{ name: 'http' }],
  }

  it('share a node, and each is asked on its own port', async () => {
    const health = { type: 'http', port: 'http', intervalMs: 250, startPeriodMs: 30_000 }
    await apply(aService('ported', { replicas: 3, task, health }))
    const { tasks } = await untilHealthy('ported', 3)
    expect(new Set(tasks.filter(({ state }) => state === 'running').map(({ nodeId }) => nodeId))).toEqual(
      new Set(['n1']),
    )
  })

  it('whose check names no port of theirs are not accepted', async () => {
    const health = { type: 'tcp', port: 'admin' }
    await expect(apply(aService('ported', { task, health }))).rejects.toMatchObject({
      failure: {
        code: 'bad_input',
        field: 'health.port',
        message: 'health.port: "admin" is none of task.ports (http).',
      },
    })
  })
})
