import type { NodeHealth } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import {
  callerOf,
  healthOf,
  must,
  nodeOf,
  type TestCluster,
  type TestController,
  testCluster,
} from '../test-bench/test-cluster.ts'

async function reaches(
  cluster: TestCluster,
  controller: TestController,
  id: string,
  health: NodeHealth,
): Promise<number> {
  const beganMs = cluster.world.nowMs
  await cluster.world.until(`${id} is ${health}`, () => healthOf(controller, id) === health)
  return cluster.world.nowMs - beganMs
}

async function leaderAndPeer(cluster: TestCluster) {
  const controllers = [await cluster.start('c1'), await cluster.start('c2')]
  const leader = await cluster.leader(controllers)
  const peer = controllers.find((controller) => controller !== leader)
  if (!peer) throw new Error('there are two controllers')
  return { leader, peer }
}

describe('the watch over nodes', () => {
  it('finds a node ready after its first beat, wherever it is connected', async () => {
    const cluster = testCluster()
    const { leader, peer } = await leaderAndPeer(cluster)
    await cluster.agent('n1', peer)
    expect(healthOf(peer, 'n1')).toBe('joining')
    expect(await reaches(cluster, leader, 'n1', 'ready')).toBeLessThanOrEqual(1_500)
  })

  it('suspects a node at once when its connection ends without goodbye, and says why', async () => {
    const cluster = testCluster()
    const { leader, peer } = await leaderAndPeer(cluster)
    const agent = await cluster.agent('n1', peer)
    await cluster.world.run(8_000)
    agent.drop()
    expect(await reaches(cluster, leader, 'n1', 'suspect')).toBeLessThanOrEqual(100)
    expect(nodeOf(leader, 'n1')?.evidence[0]).toMatchObject({
      from: 'ready',
      to: 'suspect',
      streamClosed: true,
      decidedBy: leader.id,
    })
    const { events } = must(await peer.controlPlane.events.list({ limit: 5, types: ['node.suspect'] }))
    expect(events[0]?.text).toMatch(/^node n1 suspect: connection closed without goodbye \d\.\d s after the last beat$/)
  })

  it('declares it down after the silence, ends its session, and takes it back when it registers', async () => {
    const cluster = testCluster()
    const { leader, peer } = await leaderAndPeer(cluster)
    const agent = await cluster.agent('n1', peer)
    await cluster.world.run(8_000)
    agent.process.pause()
    expect(await reaches(cluster, leader, 'n1', 'suspect')).toBeLessThanOrEqual(4_000)
    const tookMs = await reaches(cluster, leader, 'n1', 'down')
    expect(tookMs).toBeGreaterThanOrEqual(2_000)
    expect(tookMs).toBeLessThanOrEqual(5_000)
    expect(nodeOf(leader, 'n1')?.session).toBeNull()
    await cluster.world.until(
      'its controller ended the session',
      () => peer.controlPlane.vitals.metrics().agentSessions === 0,
    )

    agent.process.resume()
    await cluster.world.run(2_000)
    expect(healthOf(leader, 'n1')).toBe('down')
    must(await agent.connect(leader.controlPlane))
    await reaches(cluster, peer, 'n1', 'ready')
  })

  it('knows a goodbye from a death', async () => {
    const cluster = testCluster()
    const { leader, peer } = await leaderAndPeer(cluster)
    const agent = await cluster.agent('n1', peer)
    await cluster.world.run(8_000)
    agent.leave()
    await reaches(cluster, leader, 'n1', 'left')
  })

  it('counts a suspicion that was wrong', async () => {
    const cluster = testCluster()
    const { leader } = await leaderAndPeer(cluster)
    const agent = await cluster.agent('n1', leader)
    await cluster.world.run(8_000)
    agent.process.pause()
    await reaches(cluster, leader, 'n1', 'suspect')
    agent.process.resume()
    await reaches(cluster, leader, 'n1', 'ready')
    expect(nodeOf(leader, 'n1')?.falseSuspicions).toBe(1)
    expect(leader.controlPlane.vitals.metrics()).toMatchObject({ suspicionsTotal: 1, falseSuspicionsTotal: 1 })
  })

  it('declares nothing down while most nodes of a zone are silent, until an operator releases the brake', async () => {
    const cluster = testCluster()
    const { leader, peer } = await leaderAndPeer(cluster)
    const agents = []
    for (const name of ['n1', 'n2', 'n3', 'n4']) agents.push(await cluster.agent(name, peer))
    await cluster.world.run(8_000)
    for (const agent of agents.slice(0, 3)) agent.process.pause()
    await cluster.world.run(20_000)
    expect(['n1', 'n2', 'n3', 'n4'].map((id) => healthOf(leader, id))).toEqual([
      'suspect',
      'suspect',
      'suspect',
      'ready',
    ])
    const { brake } = peer.controlPlane.cluster.summary().value
    expect(brake).toMatch(/^3 of 4 nodes in zone z1 fell silent within 10 s\./)

    must(
      await cluster.world.settle(
        peer.controlPlane.control.releaseBrake({ forMs: 60_000, reason: 'they burnt' }, callerOf('admin')),
      ),
    )
    await reaches(cluster, leader, 'n3', 'down')
    await cluster.world.run(500)
    expect(peer.controlPlane.cluster.summary().value.brake).toBeNull()
  })

  it('declares nothing down in the grace time of a new leader', async () => {
    const cluster = testCluster({ leaderGraceMs: 20_000 })
    const controllers = [await cluster.start('c1'), await cluster.start('c2')]
    const leader = await cluster.leader(controllers)
    const agent = await cluster.agent('n1', leader)
    await cluster.world.run(25_000)
    agent.process.pause()
    await reaches(cluster, leader, 'n1', 'suspect')
    await leader.kill()
    const second = await cluster.leader(controllers.filter((controller) => controller !== leader))
    expect(await reaches(cluster, second, 'n1', 'down')).toBeGreaterThanOrEqual(19_500)
  })

  it('declares no node down because the controller that heard it was killed', async () => {
    const cluster = testCluster()
    const controllers = [await cluster.start('c1'), await cluster.start('c2'), await cluster.start('c3')]
    const leader = await cluster.leader(controllers)
    const agents = []
    for (const name of ['n1', 'n2', 'n3']) agents.push(await cluster.agent(name, leader))
    await cluster.world.run(8_000)
    await leader.kill()
    const second = await cluster.leader(controllers.filter((controller) => controller !== leader))
    // The agents find another controller when no reply comes for 3 s.
    await cluster.world.run(3_000)
    for (const agent of agents) must(await agent.connect(second.controlPlane))
    await cluster.world.run(20_000)
    expect(agents.map(({ nodeId }) => healthOf(second, nodeId))).toEqual(['ready', 'ready', 'ready'])
    const { events } = must(await second.controlPlane.events.list({ limit: 50, types: ['node.down'] }))
    expect(events).toEqual([])
    const views = second.controlPlane.control.view().controllers
    expect(views.find(({ id }) => id === leader.id)?.role).toBe('down')
  })
})
