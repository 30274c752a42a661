import { nodeIdSchema } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { callerOf, must, nodeOf, stranger, testCluster } from '../test-bench/test-cluster.ts'

const admin = callerOf('admin')
const tokenInput = { usesMax: 1, ttlMs: 60_000, labels: { rack: 'r4' }, zone: 'eu-2' }

describe('joining', () => {
  it('takes one use of a token once, however many try at the same time at different controllers', async () => {
    const cluster = testCluster()
    const { controlPlane: first } = await cluster.start('c1')
    const { controlPlane: second } = await cluster.start('c2')
    const { token } = must(await cluster.world.settle(first.access.createJoinToken(tokenInput, admin)))
    const tries = ['n1', 'n2', 'n3', 'n4'].map((name, index) =>
      (index % 2 === 0 ? first : second).agents.join({ token, name: nodeIdSchema.parse(name) }, stranger),
    )
    const outcomes = await cluster.world.settle(Promise.all(tries))
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1)
    for (const outcome of outcomes)
      if (!outcome.ok)
        expect(outcome.error).toMatchObject({ code: 'bad_token', message: expect.stringMatching(/used up/) })
    expect(first.access.listJoinTokens()[0]).toMatchObject({ usesLeft: 0, state: 'used up' })
  })

  it('gives the node an identity that it proves from then on, with the labels and zone of its token', async () => {
    const cluster = testCluster()
    const controller = await cluster.start('c1')
    const { agents, access } = controller.controlPlane
    const { token } = must(await cluster.world.settle(access.createJoinToken(tokenInput, admin)))
    const name = nodeIdSchema.parse('n1')
    const { secret } = must(await cluster.world.settle(agents.join({ token, name }, stranger)))
    expect(await cluster.world.settle(agents.authenticate({ nodeId: 'n1', secret }))).toBe('n1')
    expect(await cluster.world.settle(agents.authenticate({ nodeId: 'n1', secret: `${secret}x` }))).toBeNull()
    expect(await cluster.world.settle(agents.authenticate({ nodeId: 'n9', secret }))).toBeNull()
  })

  it('refuses a name that is taken, and does not spend the token on it', async () => {
    const cluster = testCluster()
    const controller = await cluster.start('c1')
    await cluster.agent('n1', controller)
    const { agents, access } = controller.controlPlane
    const { token } = must(await cluster.world.settle(access.createJoinToken(tokenInput, admin)))
    const again = await cluster.world.settle(agents.join({ token, name: nodeIdSchema.parse('n1') }, stranger))
    expect(again).toMatchObject({ ok: false, error: { code: 'already_exists', field: 'name' } })
    expect(access.listJoinTokens().find(({ labels }) => labels.rack)?.usesLeft).toBe(1)
  })

  it('stops an address that guesses tokens', async () => {
    const cluster = testCluster()
    const { agents } = (await cluster.start('c1')).controlPlane
    const guess = () =>
      cluster.world.settle(agents.join({ token: 'qdj_nothing', name: nodeIdSchema.parse('n1') }, stranger))
    for (let tries = 0; tries < 10; tries++) expect(await guess()).toMatchObject({ error: { code: 'bad_token' } })
    expect(await guess()).toMatchObject({ error: { code: 'rate_limited', retryAfterMs: expect.any(Number) } })
    const elsewhere = { ...stranger, address: '10.0.0.2' }
    expect(
      await cluster.world.settle(agents.join({ token: 'x', name: nodeIdSchema.parse('n1') }, elsewhere)),
    ).toMatchObject({
      error: { code: 'bad_token' },
    })
    await cluster.world.run(61_000)
    expect(await guess()).toMatchObject({ error: { code: 'bad_token' } })
  })
})

describe('a session', () => {
  it('ends when the node registers at another controller, and its beats count no more', async () => {
    const cluster = testCluster()
    const first = await cluster.start('c1')
    const second = await cluster.start('c2')
    const agent = await cluster.agent('n1', first)
    const { nodeId, sessionId } = agent
    // Of a node that joined elsewhere a controller hears by the feed.
    await cluster.world.run(100)
    must(await agent.connect(second.controlPlane))
    await cluster.world.until('c1 ended it', () => first.controlPlane.vitals.metrics().agentSessions === 0)
    const beat = first.controlPlane.agents.beat(nodeId, { sessionId, seq: 1, digest: '', load: {} as never })
    expect(beat).toMatchObject({ ok: false, error: { code: 'stale_session' } })
    expect(nodeOf(first, 'n1')?.session?.controllerId).toBe('c2')
  })

  it('starts with the whole desired set and the wanted role', async () => {
    const cluster = testCluster()
    const controller = await cluster.start('c1')
    const agent = await cluster.agent('n1', controller)
    await cluster.world.run(100)
    expect(agent.commands.slice(0, 2)).toMatchObject([
      { kind: 'desired', whole: true, assignments: [] },
      { kind: 'role', role: 'worker', env: {} },
    ])
  })

  it('tells the agent when its node is promoted, with what a controller there needs', async () => {
    const cluster = testCluster()
    const controller = await cluster.start('c1')
    const agent = await cluster.agent('n1', controller)
    await cluster.leader([controller])
    await cluster.world.until('n1 is ready', () => nodeOf(controller, 'n1')?.health === 'ready')
    must(
      await cluster.world.settle(
        controller.controlPlane.nodes.promote({ id: agent.nodeId, reason: '' }, callerOf('operator')),
      ),
    )
    await cluster.world.run(100)
    expect(agent.commands.at(-1)).toEqual({ kind: 'role', role: 'standby', env: { QD_NODE_ID: 'n1' } })
  })

  it('quarantines an identity that two machines use, and keeps the one that has the session', async () => {
    const cluster = testCluster()
    const controller = await cluster.start('c1')
    await cluster.leader([controller])
    const agent = await cluster.agent('n1', controller)
    const { nodes, events } = controller.controlPlane
    const facts = nodeOf(controller, 'n1')?.facts
    if (!facts) throw new Error('n1 registered')
    for (const bootId of ['b', 'a', 'b', 'a'])
      must(await agent.connect(controller.controlPlane, { facts: { ...facts, bootId } }))
    expect(nodeOf(controller, 'n1')).toMatchObject({
      scheduling: 'cordoned',
      quarantined: expect.stringMatching(/Two machines/),
    })
    await cluster.world.until('n1 is ready', () => nodeOf(controller, 'n1')?.health === 'ready')

    const rival = await agent.connect(controller.controlPlane, { facts: { ...facts, bootId: 'b' } })
    expect(rival).toMatchObject({ ok: false, error: { code: 'wrong_state' } })
    const listed = must(await events.list({ limit: 5, types: ['node.quarantined'] }))
    expect(listed.events).toHaveLength(1)

    must(
      await cluster.world.settle(
        nodes.uncordon({ ids: [agent.nodeId], reason: 'one was renamed' }, callerOf('operator')),
      ),
    )
    expect(nodeOf(controller, 'n1')).toMatchObject({ scheduling: 'open', quarantined: null })
  })
})
