import { describe, expect, it } from 'vitest'
import { callerOf, healthOf, must, nodeOf, testCluster } from '../test-bench/test-cluster.ts'

describe('leadership', () => {
  it('goes to another controller within half a second after the leader was killed, with the stopwatch stored', async () => {
    const cluster = testCluster()
    const controllers = [await cluster.start('c1'), await cluster.start('c2'), await cluster.start('c3')]
    const first = await cluster.leader(controllers)
    await cluster.world.run(5_000)

    const killedAtMs = cluster.world.nowMs
    await first.kill()
    const others = controllers.filter((controller) => controller !== first)
    const second = await cluster.leader(others)
    expect(cluster.world.nowMs - killedAtMs).toBeLessThanOrEqual(500)

    await cluster.world.run(1_000)
    const { leadership, leader } = second.controlPlane.control.view()
    expect(leader?.controllerId).toBe(second.id)
    expect(leadership?.takeovers[0]).toMatchObject({ holder: second.id, previous: first.id, how: 'presence-gone' })
    expect(leadership?.takeovers[0]?.gapMs).toBeGreaterThan(0)
    expect(leadership?.takeovers).toHaveLength(2)
    const { events } = must(await second.controlPlane.events.list({ limit: 10, types: ['leader.elected'] }))
    expect(events[0]?.text).toMatch(new RegExp(`^${second.id} leads: ${first.id} is gone`))
  })

  it('is refused to a leader that stood still: its late write changes nothing and is counted', async () => {
    const cluster = testCluster()
    const late: (() => void)[] = []
    let isHolding = false
    const first = await cluster.start('c1', {
      async gate(call, act) {
        if (call === 'commit' && isHolding) await new Promise<void>((resolve) => late.push(resolve))
        return act()
      },
    })
    await cluster.leader([first])
    const second = await cluster.start('c2')
    const agent = await cluster.agent('n1', second)
    await cluster.world.until('n1 is ready', () => healthOf(second, 'n1') === 'ready')

    isHolding = true
    agent.drop()
    await cluster.world.until('the leader wants to write that n1 is suspect', () => late.length > 0)
    first.process.pause()
    await agent.connect(second.controlPlane)
    await cluster.leader([second])
    isHolding = false
    for (const go of late) go()
    first.process.resume()

    await cluster.world.run(3_000)
    expect(first.controlPlane.vitals.metrics()).toMatchObject({ isLeader: false })
    expect(first.controlPlane.control.view().leader?.controllerId).toBe(second.id)
    expect(second.controlPlane.control.view().leadership?.staleWritesRefused).toBeGreaterThanOrEqual(1)
    expect(healthOf(second, 'n1')).toBe('ready')
    const { events } = must(await second.controlPlane.events.list({ limit: 10, types: ['leader.fenced'] }))
    expect(events[0]?.text).toBe('1 late write of c1 refused: it no longer led')
  })

  it('moves on request to a live controller, asked for at any of them, without waiting for a poll', async () => {
    const cluster = testCluster()
    const controllers = [await cluster.start('c1'), await cluster.start('c2'), await cluster.start('c3')]
    const first = await cluster.leader(controllers)
    await cluster.world.run(2_000)
    const [target, asked] = controllers.filter((controller) => controller !== first)
    if (!target || !asked) throw new Error('there are three controllers')

    const outcome = await cluster.world.settle(
      asked.controlPlane.control.transfer({ to: target.id, reason: 'test' }, callerOf('admin')),
    )
    expect(must(outcome).tookMs).toBeLessThanOrEqual(40)
    await cluster.world.run(1_000)
    expect(first.controlPlane.vitals.metrics().isLeader).toBe(false)
    expect(target.controlPlane.vitals.metrics().isLeader).toBe(true)
    expect(target.controlPlane.control.view().leadership?.takeovers[0]).toMatchObject({
      how: 'transfer',
      previous: first.id,
    })
    expect(target.controlPlane.control.view().leadership?.wanted).toBeNull()
  })

  it('is handed over by a controller that stops as planned', async () => {
    const cluster = testCluster()
    const controllers = [await cluster.start('c1'), await cluster.start('c2')]
    const first = await cluster.leader(controllers)
    await cluster.world.run(2_000)
    await cluster.world.settle(first.stop())
    const second = await cluster.leader(controllers.filter((controller) => controller !== first))
    await cluster.world.run(1_000)
    expect(second.controlPlane.control.view().leadership?.takeovers[0]?.how).toBe('transfer')
    const views = second.controlPlane.control.view().controllers
    expect(views.map(({ id, role }) => `${id} ${role}`)).toContain(`${first.id} left`)
  })

  it('decides nothing before it has read everything that was written before it', async () => {
    const cluster = testCluster()
    const held: (() => void)[] = []
    let isHolding = false
    const first = await cluster.start('c1')
    await cluster.leader([first])
    const second = await cluster.start('c2', {
      async gate(call, act) {
        if (call === 'readFeed' && isHolding) await new Promise<void>((resolve) => held.push(resolve))
        return act()
      },
    })
    await cluster.world.run(2_000)
    isHolding = true
    await cluster.agent('n1', first)
    await cluster.world.run(100)
    await first.kill()
    await cluster.world.until(
      'c2 has the lease',
      () => second.controlPlane.control.view().leader?.controllerId === 'c2',
    )
    await cluster.world.run(200)
    expect(second.controlPlane.vitals.metrics().isLeader).toBe(false)

    isHolding = false
    for (const go of held) go()
    await cluster.leader([second])
    expect(healthOf(second, 'n1')).toBeDefined()
  })

  it('is handed over before the node of the leader is demoted', async () => {
    const cluster = testCluster()
    const first = await cluster.start('c1', { nodeId: 'n1' })
    await cluster.leader([first])
    const second = await cluster.start('c2')
    const agent = await cluster.agent('n1', second)
    await cluster.world.until('n1 is ready', () => healthOf(second, 'n1') === 'ready')
    const { nodes } = second.controlPlane
    must(await cluster.world.settle(nodes.promote({ id: agent.nodeId, reason: '' }, callerOf('operator'))))
    expect(nodeOf(second, 'n1')).toMatchObject({ role: 'leader', desiredRole: 'standby' })
    must(await cluster.world.settle(nodes.demote({ id: agent.nodeId, reason: '' }, callerOf('operator'))))
    expect(second.controlPlane.control.view().leader?.controllerId).toBe('c2')
    await cluster.world.run(100)
    expect(agent.commands.at(-1)).toEqual({ kind: 'role', role: 'worker', env: {} })
  })

  it('says so when the target cannot take it', async () => {
    const cluster = testCluster()
    const only = await cluster.start('c1')
    await cluster.leader([only])
    await cluster.world.run(1_000)
    const outcome = await cluster.world.settle(
      only.controlPlane.control.transfer({ to: 'c9' as never, reason: '' }, callerOf('admin')),
    )
    expect(outcome).toMatchObject({ ok: false, error: { code: 'controller_not_found' } })
  })
})
