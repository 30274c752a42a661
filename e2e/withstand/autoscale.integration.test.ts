import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { eventually, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { events } from './tasks.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({ controllers: 2, nodes: ['n1', 'n2'] })
})
afterEach(async () => {
  for (const { id } of await services())
    await cluster.mutate('services.remove', { id, reason: 'test' }).catch(() => undefined)
  await eventually('no service is left', async () => (await services()).length === 0)
})
afterAll(() => cluster?.stop())

type Detail = {
  readonly service: { readonly id: string; readonly replicas: number; readonly healthy: number }
  readonly autoscaler: {
    readonly decisions: readonly { readonly act: string; readonly rule: string; readonly because: string }[]
  } | null
}
const services = async () => (await cluster.query<{ value: { id: string }[] }>('services.list')).value
const service = async (id: string) => (await cluster.query<{ value: Detail }>('services.get', { id })).value
const apply = (spec: object) => cluster.mutate('services.save', { spec })

function untilReplicas(id: string, count: number) {
  return eventually(`service ${id} has ${count} replicas`, async () => {
    const found = await service(id)
    if (found.service.replicas === count && found.service.healthy === count) return found
    throw new Error(JSON.stringify({ ...found.service, decisions: found.autoscaler?.decisions.slice(0, 3) }))
  })
}

const aService = (name: string, text: string, autoscale: object) => ({
  name,
  task: {
    driver: 'exec',
    exec: { command: text, shell: true },
    resources: { cpuMillis: 200, memoryBytes: 1_000_000 },
    killGraceMs: 500,
  },
  update: { minHealthyMs: 100 },
  autoscale: { everyMs: 1_000, down: { stabiliseMs: 2_000 }, ...autoscale },
})

describe('an autoscaled service', () => {
  it('has more replicas while they are busy, and fewer again when they are idle', async () => {
    const busy = path.join(cluster.sharedDir, 'busy')
    writeFileSync(busy, '')
    // Far more than it asks for, as long as the file is there.
    const loop = `while :; do if [ -e ${busy} ]; then i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; fi; sleep 0.2; done`
    await apply(aService('warm', loop, { min: 1, max: 3, metrics: [{ kind: 'cpu', targetPercent: 50 }] }))
    const grown = await untilReplicas('warm', 3)
    expect(grown.autoscaler?.decisions.find(({ act }) => act === 'up')?.because).toMatch(
      /CPU: \d+ % of what is asked for/,
    )
    rmSync(busy)
    const shrunk = await untilReplicas('warm', 1)
    expect(shrunk.autoscaler?.decisions.some(({ act }) => act === 'down')).toBe(true)
    const told = await events(cluster, { subject: { kind: 'service', id: 'warm' } })
    expect(told.filter(({ type }) => type === 'service.autoscaled').length).toBeGreaterThanOrEqual(2)
  })

  it('follows a number that it is told, and goes on under the next leader', async () => {
    await apply(
      aService('told', 'sleep 1000', { min: 1, max: 5, metrics: [{ kind: 'metric', name: 'rps', perReplica: 10 }] }),
    )
    await eventually('it says that nobody has told it', async () =>
      (await service('told')).autoscaler?.decisions.some(({ because }) => because.includes('nobody has told')),
    )
    await cluster.mutate('services.tellMetric', { id: 'told', name: 'rps', value: 35 })
    await untilReplicas('told', 4)
    const leader = await cluster.leader()
    await leader.kill9()
    await eventually('the number is told', async () => {
      await cluster.mutate('services.tellMetric', { id: 'told', name: 'rps', value: 10 })
      return true
    })
    const shrunk = await untilReplicas('told', 1)
    expect(shrunk.autoscaler?.decisions.some(({ act }) => act === 'up')).toBe(true)
    await leader.start()
  })

  it('grows with the tasks that wait for it, and refuses a scale by hand meanwhile', async () => {
    await apply(
      aService('workers', 'sleep 1000', { min: 0, max: 4, metrics: [{ kind: 'queue', job: 'resize', perReplica: 2 }] }),
    )
    await untilReplicas('workers', 0)
    await expect(cluster.mutate('services.scale', { id: 'workers', replicas: 2, reason: 'rush' })).rejects.toThrow(
      /autoscaled from 0 to 4/,
    )
    const waiting = {
      driver: 'exec',
      exec: { command: '/bin/true' },
      onNodes: ['n1'],
      resources: { cpuMillis: 9_000_000, memoryBytes: 0 },
    }
    const ids = []
    for (let count = 0; count < 5; count++) {
      const { taskId } = await cluster.mutate<{ taskId: string }>('tasks.submit', { name: 'resize', ...waiting })
      ids.push(taskId)
    }
    await untilReplicas('workers', 3)
    for (const id of ids) await cluster.mutate('tasks.cancel', { id, reason: 'test' })
    await untilReplicas('workers', 0)
  })
})
