import { controllerProgram, eventually, signInAdmin, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { node, script, submit, untilNode, untilState } from './tasks.ts'

let cluster: TestCluster
beforeAll(async () => {
  const agentEnv = { QD_ALLOW_CONTROLLER: 'true', QD_CONTROLLER_ENTRY: controllerProgram }
  cluster = await startCluster({ controllers: 1, nodes: ['n1', 'n2', 'n3'], agentEnv })
})
afterAll(() => cluster?.stop())

type Plan = {
  id: string
  act: string
  room: { before: { nodes: number }; after: { nodes: number } } | null
  controllers: { before: number; after: number } | null
  handover: { from: string; to: string | null } | null
  moves: { taskId: string; fate: string }[]
  estimateMs?: { low: number; high: number }
}
type OperationView = {
  kind: string
  state: string
  act: { plan: Plan; actual: { room: { nodes: number } | null; controllers: number | null; leader: string | null } }
  actual: { taskId: string; fate: string }[]
}
type ControlView = {
  leader: { controllerId: string } | null
  controllers: { id: string; role: string; nodeId: string | null }[]
}

const preview = (act: string, ...ids: string[]) => cluster.mutate<Plan>('nodes.previewAct', { act, ids })
const confirm = (planId: string) =>
  cluster.mutate<{ operationId: string }>('nodes.confirmAct', { planId, reason: 'as planned' })
const view = () => cluster.query<ControlView>('controlPlane.view')
const leads = (id: string) => eventually(`${id} leads`, async () => (await view()).leader?.controllerId === id)

function untilEnded(operationId: string): Promise<OperationView> {
  return eventually(`operation ${operationId} has ended`, async () => {
    const { value } = await cluster.query<{ value: OperationView }>('operations.get', { id: operationId })
    if (value.state !== 'running') return value
    throw new Error(JSON.stringify(value))
  })
}

const outdated = (message: RegExp) => ({
  failure: { code: 'plan_outdated', message: expect.stringMatching(message) },
})

describe('a planned act', () => {
  it('changes nothing until it is confirmed, is found by its id, and is refused with what differs', async () => {
    const plan = await preview('cordon', 'n1')
    expect(plan.room).toMatchObject({ before: { nodes: 3 }, after: { nodes: 2 } })
    expect(await node(cluster, 'n1')).toMatchObject({ scheduling: 'open' })
    expect(await cluster.query('plans.get', { planId: plan.id })).toEqual({ kind: 'act', plan })

    await cluster.mutate('nodes.cordon', { ids: ['n2'], reason: 'meanwhile' })
    await expect(confirm(plan.id)).rejects.toMatchObject(
      outdated(/to leave 2 nodes for new work; now it would leave 1/),
    )
    expect(await node(cluster, 'n1')).toMatchObject({ scheduling: 'open' })
    await cluster.mutate('nodes.uncordon', { ids: ['n2'], reason: 'back' })
  })

  it('leaves the room that it said', async () => {
    const plan = await preview('cordon', 'n1', 'n2')
    const { operationId } = await confirm(plan.id)
    const done = await untilEnded(operationId)
    expect(done).toMatchObject({ kind: 'cordon', state: 'done', act: { plan: { id: plan.id } } })
    expect(done.act.actual.room).toEqual(plan.room?.after)
    expect(done.act.actual.room?.nodes).toBe(1)
    await expect(confirm(plan.id)).rejects.toMatchObject({ failure: { code: 'wrong_state' } })
    await cluster.mutate('nodes.uncordon', { ids: ['n1', 'n2'], reason: 'back' })
  })

  it('goes up and down the ladder as it said, and hands leadership to whom it named', async () => {
    const up = await preview('promote', 'n1')
    expect(up.controllers).toEqual({ before: 1, after: 2 })
    const promoted = await untilEnded((await confirm(up.id)).operationId)
    expect(promoted).toMatchObject({ kind: 'promote', state: 'done', act: { actual: { controllers: 2 } } })
    const hosted = (await view()).controllers.find(({ nodeId }) => nodeId === 'n1')?.id ?? ''

    const calm = await preview('demote', 'n1')
    expect(calm.handover).toBeNull()
    await eventually('the other one has it', async () => {
      await cluster.mutate('controlPlane.transfer', { to: hosted, reason: 'test' }).catch(() => undefined)
      return (await view()).leader?.controllerId === hosted
    })
    await expect(confirm(calm.id)).rejects.toMatchObject(outdated(new RegExp(`${hosted} leads by now`)))

    const down = await preview('demote', 'n1')
    expect(down).toMatchObject({ controllers: { before: 2, after: 1 }, handover: { from: hosted, to: 'c1' } })
    const demoted = await untilEnded((await confirm(down.id)).operationId)
    expect(demoted).toMatchObject({ state: 'done', act: { actual: { controllers: 1, leader: 'c1' } } })
    await leads('c1')
    expect((await preview('promote', 'n1')).estimateMs?.low).toBeGreaterThan(0)
  })

  it('removes a node that is down, and says what became of its task', async () => {
    const admin = await signInAdmin(cluster)
    const once = script('sleep 300', { name: 'once', policy: 'at-most-once', onNodes: ['n3'] })
    const id = await submit(cluster, once)
    await untilState(cluster, id, 'running')
    await expect(preview('remove', 'n3')).rejects.toMatchObject({ failure: { code: 'wrong_state' } })
    await cluster.agent('n3').kill9Tree()
    await untilNode(cluster, 'n3', 'is down', ({ health }) => health === 'down')
    await untilState(cluster, id, 'unknown')

    const asked = await admin.post('nodes.previewAct', { act: 'remove', ids: ['n3'] })
    const plan = ((await asked.json()) as { result: { data: Plan } }).result.data
    expect(plan.room).toMatchObject({ before: { nodes: 2 }, after: { nodes: 2 } })
    await expect(confirm(plan.id)).rejects.toMatchObject({ failure: { message: expect.stringMatching(/admin/) } })
    const said = await admin.post('nodes.confirmAct', { planId: plan.id, reason: 'gone' })
    const { operationId } = ((await said.json()) as { result: { data: { operationId: string } } }).result.data
    const done = await untilEnded(operationId)
    expect(done).toMatchObject({ kind: 'remove', state: 'done' })
    expect(done.actual.map(({ taskId }) => taskId)).toEqual(plan.moves.map(({ taskId }) => taskId))
    await expect(node(cluster, 'n3')).rejects.toMatchObject({ failure: { code: 'node_not_found' } })
  })

  it('says what is wrong with the question, on every surface', async () => {
    await expect(preview('demote', 'n1')).rejects.toMatchObject({
      failure: { code: 'wrong_state', message: 'n1 hosts no controller.' },
    })
    await expect(preview('promote', 'n1', 'n2')).rejects.toMatchObject({
      failure: { code: 'bad_input', message: expect.stringMatching(/one node at a time, not 2/) },
    })
    await expect(confirm('plan-none')).rejects.toMatchObject({ failure: { code: 'plan_not_found' } })
    await expect(cluster.query('plans.get', { planId: 'plan-none' })).rejects.toMatchObject({
      failure: { code: 'plan_not_found' },
    })
  })
})
