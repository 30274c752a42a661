import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { eventually, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { script, task } from './tasks.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({
    controllers: 2,
    nodes: ['n1', 'n2', 'n3'],
    nodeEnv: { n3: { QD_LABELS: 'disk=slow' } },
  })
})
afterAll(() => cluster?.stop())

type BroadcastView = {
  state: string
  succeeded: number
  failed: number
  children: { nodeId: string; taskId: string; ended: string | null; exitCode: number | null }[]
}

async function broadcast(input: object): Promise<string> {
  return (await cluster.mutate<{ broadcastId: string }>('broadcasts.submit', input)).broadcastId
}

function untilEnded(id: string): Promise<BroadcastView> {
  return eventually(`broadcast ${id} has ended`, async () => {
    const { value } = await cluster.query<{ value: BroadcastView }>('broadcasts.get', { id })
    if (value.state !== 'running') return value
    throw new Error(JSON.stringify(value.children))
  })
}

const retry = { attemptsMax: 1 }

describe('a broadcast', () => {
  it('runs once on every matching node, told its index and how many there are', async () => {
    const folder = path.join(cluster.sharedDir, 'shards')
    const text = `mkdir -p ${folder}; chmod 777 ${folder} 2>/dev/null; echo "$QD_SHARD_INDEX/$QD_SHARD_TOTAL" > ${folder}/$QD_NODE_ID`
    const ended = await untilEnded(await broadcast({ task: script(text, { name: 'shards', retry }) }))
    expect(ended).toMatchObject({ state: 'succeeded', succeeded: 3, failed: 0 })
    expect(readdirSync(folder).sort()).toEqual(['n1', 'n2', 'n3'])
    const shards = ['n1', 'n2', 'n3'].map((id) => readFileSync(path.join(folder, id), 'utf8').trim())
    expect(shards).toEqual(['0/3', '1/3', '2/3'])
  })

  it('with one failing node fails when all were asked for, and succeeds by a share; the grid names the node', async () => {
    const failing = script('test "$QD_NODE_ID" != n2', { name: 'one-fails', retry })
    const [all, share, any] = await Promise.all([
      broadcast({ task: failing }).then(untilEnded),
      broadcast({ task: failing, success: { rule: 'share', percent: 60 } }).then(untilEnded),
      broadcast({ task: failing, success: { rule: 'any' } }).then(untilEnded),
    ])
    expect(all).toMatchObject({ state: 'failed', succeeded: 2, failed: 1 })
    expect(all.children.find(({ ended }) => ended !== 'succeeded')).toMatchObject({ nodeId: 'n2', exitCode: 1 })
    expect([share.state, any.state]).toEqual(['succeeded', 'succeeded'])
  })

  it('goes to the nodes that match only, waits no longer than its timeout, and is one however often it is submitted', async () => {
    const constraints = [{ label: 'disk', operator: 'in', values: ['slow'] }]
    const slow = script('sleep 600', { name: 'slow', retry, constraints, killGraceMs: 0, idempotencyKey: 'once' })
    const preview = await cluster.query<{ nodeIds: string[]; leftOut: { count: number }[] }>('broadcasts.preview', {
      task: slow,
    })
    expect(preview.nodeIds).toEqual(['n3'])
    const input = { task: slow, timeoutMs: 1_000 }
    const id = await broadcast(input)
    expect(await broadcast(input)).toBe(id)
    const ended = await untilEnded(id)
    expect(ended).toMatchObject({ state: 'failed', children: [{ nodeId: 'n3', ended: 'timed-out' }] })
  })

  it('survives the death of the leader right after it was submitted', async () => {
    const leader = await cluster.leader()
    const id = await broadcast({ task: script('sleep 1', { name: 'over-death', retry }) })
    await leader.kill9()
    const ended = await untilEnded(id)
    expect(ended).toMatchObject({ state: 'succeeded', succeeded: 3 })
    const first = await task(cluster, ended.children[0]?.taskId ?? '')
    expect(first.attempt).toBe(1)
    await leader.start()
  })

  it('is cancelled on every node', async () => {
    const id = await broadcast({ task: script('sleep 600', { name: 'long', retry, killGraceMs: 0 }) })
    await eventually('it runs everywhere', async () => {
      const { value } = await cluster.query<{ value: { tasks: object[] } }>('tasks.list', {
        text: `${id}.`,
        states: ['running'],
        limit: 10,
      })
      return value.tasks.length === 3
    })
    await cluster.mutate('broadcasts.cancel', { id, reason: 'enough' })
    const ended = await untilEnded(id)
    expect(ended.state).toBe('cancelled')
    expect(ended.children.map((child) => child.ended)).toEqual(['cancelled', 'cancelled', 'cancelled'])
  })
})
