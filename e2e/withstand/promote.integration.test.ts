import { controllerProgram, eventually, processTree, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { node, script, submit, untilState } from './tasks.ts'

let cluster: TestCluster
beforeAll(async () => {
  const agentEnv = { QD_ALLOW_CONTROLLER: 'true', QD_CONTROLLER_ENTRY: controllerProgram }
  cluster = await startCluster({ controllers: 1, nodes: ['n1', 'n2'], agentEnv })
})
afterAll(() => cluster?.stop())

type ControlView = {
  leader: { controllerId: string; epoch: number } | null
  controllers: { id: string; role: string; nodeId: string | null; url: string }[]
  leadership: { takeovers: { how: string; gapMs: number | null }[] } | null
}
const view = () => cluster.query<ControlView>('controlPlane.view')
const controllersOn = (nodeId: string) =>
  processTree(cluster.agent(nodeId).keeperPid()).filter(({ command }) => command.includes(controllerProgram))

describe('the ladder from worker to leader', () => {
  it('goes up: the promoted node starts a controller, which can be made the leader, and comes down without losing work', async () => {
    await cluster.mutate('nodes.promote', { id: 'n1', reason: 'a second controller' })
    const hosted = await eventually('a controller on n1 is live', async () =>
      (await view()).controllers.find(({ nodeId, role }) => nodeId === 'n1' && role === 'standby'),
    )
    expect(await node(cluster, 'n1')).toMatchObject({ role: 'standby', desiredRole: 'standby' })
    await eventually('its process runs below the agent', () => controllersOn('n1').length === 1)

    const before = await view()
    await eventually('leadership has moved to it', async () => {
      await cluster.mutate('controlPlane.transfer', { to: hosted.id, reason: 'test' }).catch(() => undefined)
      return (await view()).leader?.controllerId === hosted.id
    })
    const led = await view()
    expect(led.leader?.epoch ?? 0).toBeGreaterThan(before.leader?.epoch ?? 0)
    expect(led.leadership?.takeovers[0]?.how).toBe('transfer')
    expect(await node(cluster, 'n1')).toMatchObject({ role: 'leader' })
    await untilState(cluster, await submit(cluster, script('exit 0', { name: 'under-the-new-leader' })), 'succeeded')

    const long = await submit(cluster, script('sleep 300', { name: 'long', onNodes: ['n1'] }))
    await untilState(cluster, long, 'running')
    await cluster.mutate('nodes.demote', { id: 'n1', reason: 'test' })
    await eventually('the other controller leads', async () => (await view()).leader?.controllerId === 'c1')
    await eventually('the controller on n1 has ended', () => controllersOn('n1').length === 0)
    expect(await node(cluster, 'n1')).toMatchObject({ role: 'worker', desiredRole: 'worker' })
    expect((await untilState(cluster, long, 'running')).attempt).toBe(1)
  })

  it('refuses what cannot be: a demotion of a worker, a transfer to nobody', async () => {
    await expect(cluster.mutate('nodes.demote', { id: 'n2', reason: 'test' })).rejects.toMatchObject({
      failure: { code: 'wrong_state', message: expect.stringContaining('n2') },
    })
    await expect(cluster.mutate('controlPlane.transfer', { to: 'nobody', reason: 'test' })).rejects.toMatchObject({
      failure: { code: 'controller_not_found' },
    })
  })
})
