import { eventually, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

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

type Move = {
  readonly slot: string
  readonly fate: string
  readonly batch: number
  readonly fromNodeId: string | null
  readonly toNodeId: string | null
}
type Plan = {
  readonly id: string
  readonly moves: readonly Move[]
  readonly batches: number
  readonly warnings: readonly string[]
  readonly estimateMs: object | null
}
type Operation = {
  readonly state: string
  readonly service: { readonly plan: Plan; readonly actual: readonly { fate: string; nodeId: string | null }[] }
}
type Row = { readonly id: string; readonly healthy: number; readonly wanted: number }

const services = async () => (await cluster.query<{ value: Row[] }>('services.list')).value
const preview = (act: object) => cluster.mutate<Plan>('services.preview', act)
const carryOut = (planId: string) =>
  cluster.mutate<{ operationId: string }>('services.carryOut', { planId, reason: 'test' })
const aService = (
  name: string,
  replicas: number,
  more: { readonly text?: string; readonly [field: string]: unknown } = {},
) => {
  const { text = 'sleep 1000', ...rest } = more
  return {
    name,
    replicas,
    task: { driver: 'exec', exec: { command: text, shell: true }, killGraceMs: 500 },
    update: { minHealthyMs: 300 },
    ...rest,
  }
}
const apply = async (spec: ReturnType<typeof aService>) => {
  await cluster.mutate('services.save', { spec })
  await eventually(`${spec.name} is healthy`, async () =>
    (await services()).some(({ id, healthy, wanted }) => id === spec.name && healthy === wanted),
  )
}
const untilEnded = (id: string) =>
  eventually(`operation ${id} has ended`, async () => {
    const { value } = await cluster.query<{ value: Operation }>('operations.get', { id })
    if (value.state === 'running') throw new Error(JSON.stringify(value.service.actual))
    return value
  })

describe('the preview of an act on a service', () => {
  it('says of a file where the replicas of a new service go, and that is where they are', async () => {
    const spec = { ...aService('fresh', 4), task: { ...aService('fresh', 4).task, strategy: 'random' } }
    const plan = await preview({ kind: 'update', spec })
    expect(plan).toMatchObject({ fromVersion: 0, toVersion: 1, fromReplicas: 0, toReplicas: 4 })
    expect(await services()).toEqual([])
    const { operationId } = await carryOut(plan.id)
    const { state, service } = await untilEnded(operationId)
    expect(state).toBe('done')
    // Drawn anew it would be the same in one of 81 cases.
    expect(service.actual.map(({ nodeId }) => nodeId)).toEqual(plan.moves.map(({ toNodeId }) => toNodeId))
    await expect(carryOut(plan.id)).rejects.toMatchObject({
      failure: { code: 'plan_outdated', message: expect.stringContaining('The service was made by somebody since.') },
    })
    await expect(preview({ kind: 'scale', id: 'no-such', replicas: 2 })).rejects.toMatchObject({
      failure: { code: 'service_not_found' },
    })
  })

  it('says where the replicas of a scale go, and that is where they are', async () => {
    await apply(aService('grow', 1))
    const plan = await preview({ kind: 'scale', id: 'grow', replicas: 4 })
    expect(plan.moves.map(({ slot, fate }) => [slot, fate])).toEqual([
      ['1', 'starts'],
      ['2', 'starts'],
      ['3', 'starts'],
    ])
    expect(plan.estimateMs).not.toBeNull()
    const { operationId } = await carryOut(plan.id)
    const { state, service } = await untilEnded(operationId)
    expect(state).toBe('done')
    expect(service.actual.map(({ nodeId }) => nodeId)).toEqual(plan.moves.map(({ toNodeId }) => toNodeId))

    const down = await preview({ kind: 'scale', id: 'grow', replicas: 2 })
    expect(down.moves.map(({ slot, fate }) => [slot, fate])).toEqual([
      ['2', 'stops'],
      ['3', 'stops'],
    ])
    const ended = await untilEnded((await carryOut(down.id)).operationId)
    expect(ended.service.actual.map(({ fate }) => fate)).toEqual(['stopped', 'stopped'])
  })

  it('shows the batches of an update and of the way back, and each replica comes to the node of the plan', async () => {
    await apply(aService('turn', 3))
    const spec = aService('turn', 3, { text: 'sleep 2000', update: { minHealthyMs: 300, maxParallel: 2 } })
    const plan = await preview({ kind: 'update', spec })
    expect(plan.moves.map(({ fate, batch }) => [fate, batch])).toEqual([
      ['replaced', 1],
      ['replaced', 1],
      ['replaced', 2],
    ])
    const { state, service } = await untilEnded((await carryOut(plan.id)).operationId)
    expect(state).toBe('done')
    expect(service.actual.map(({ fate, nodeId }) => [fate, nodeId])).toEqual(
      plan.moves.map(({ toNodeId }) => ['replaced', toNodeId]),
    )
    const back = await preview({ kind: 'rollback', id: 'turn' })
    expect(back).toMatchObject({ batches: 2, fromVersion: 2, toVersion: 1 })
    expect((await untilEnded((await carryOut(back.id)).operationId)).state).toBe('done')
  })

  it('names what has nowhere to go and what drops, and changes nothing', async () => {
    await apply(aService('tight', 2, { update: { order: 'stop-first', minHealthyMs: 300, maxParallel: 2 } }))
    const huge = { cpuMillis: 9_000_000, memoryBytes: 0 }
    const spec = aService('tight', 2, { update: { order: 'stop-first', minHealthyMs: 300, maxParallel: 2 } })
    const plan = await preview({ kind: 'update', spec: { ...spec, task: { ...spec.task, resources: huge } } })
    expect(plan.moves.map(({ fate }) => fate)).toEqual(['nowhere', 'nowhere'])
    expect(plan.warnings[0]).toMatch(/^2 replicas would have nowhere to go\. Replica 0: .*CPU/i)
    expect(plan.warnings[1]).toMatch(/drops to 0 of 2 healthy replicas in each batch, below the 1/)
    expect((await services())[0]).toMatchObject({ healthy: 2, specVersion: 1 })
  })

  it('is refused with what differs when the cluster moved on', async () => {
    await apply(aService('moved', 1))
    const plan = await preview({ kind: 'scale', id: 'moved', replicas: 3 })
    await cluster.mutate('services.scale', { id: 'moved', replicas: 2, reason: 'meanwhile' })
    await expect(carryOut(plan.id)).rejects.toThrow(/had 1 replicas and has 2 by now/)

    const next = await preview({ kind: 'scale', id: 'moved', replicas: 3 })
    const target = next.moves.find(({ slot }) => slot === '2')?.toNodeId ?? ''
    await cluster.mutate('nodes.cordon', { ids: [target], reason: 'test' })
    await expect(carryOut(next.id)).rejects.toThrow(new RegExp(`${target}, which was to receive replicas, is cordoned`))
  })
})
