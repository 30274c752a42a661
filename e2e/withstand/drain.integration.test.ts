import { readFileSync } from 'node:fs'
import path from 'node:path'
import { eventually, isRunning, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { node, script, submit, task, untilNode, untilState } from './tasks.ts'

let cluster: TestCluster
const started: string[] = []
beforeAll(async () => {
  cluster = await startCluster({ controllers: 2, nodes: ['n1', 'n2', 'n3'] })
})
afterEach(async () => {
  for (const id of started.splice(0)) {
    await cluster.mutate('tasks.cancel', { id, reason: 'test' }).catch(() => undefined)
    await eventually(
      `${id} has ended`,
      async () => (await task(cluster, id)).state !== 'running' && (await task(cluster, id)).state !== 'stopping',
    )
  }
  for (const id of ['n1', 'n2', 'n3'])
    await cluster.mutate('nodes.uncordon', { ids: [id], reason: 'test' }).catch(() => undefined)
})
afterAll(() => cluster?.stop())

type Plan = {
  id: string
  moves: { taskId: string; fate: string; toNodeId: string | null; because: string }[]
  counts: Record<string, number>
}

async function running(text: string, more: object) {
  const id = await submit(cluster, script(text, more))
  started.push(id)
  await untilState(cluster, id, 'running')
  return id
}

describe('a drain', () => {
  it('does what its preview said, and is drained only when the processes are gone', async () => {
    const pidFile = path.join(cluster.sharedDir, 'slow.pid')
    const movers = await Promise.all(
      [1, 2, 3].map((n) =>
        running('sleep 300', { name: `mover-${n}`, onNodes: [], notOnNodes: ['n2', 'n3'], onDrain: 'move' }),
      ),
    )
    // Only n1 was possible; the preview must say that they have nowhere to go.
    const stuck = await cluster.mutate<Plan>('nodes.previewDrain', { ids: ['n1'], options: { mode: 'now' } })
    expect(
      stuck.moves
        .filter(({ fate }) => fate === 'nowhere')
        .map(({ taskId }) => taskId)
        .sort(),
    ).toEqual([...movers].sort())
    for (const id of movers) await cluster.mutate('tasks.cancel', { id, reason: 'test' })
    for (const id of movers) await untilState(cluster, id, 'cancelled')

    await cluster.mutate('nodes.cordon', { ids: ['n2', 'n3'], reason: 'so that all start on n1' })
    const slow = await running(`trap '' TERM; echo $$ > ${pidFile}; while true; do sleep 0.2; done`, {
      name: 'slow',
      killGraceMs: 3_000,
      onDrain: 'move',
    })
    const quick = await running('sleep 300', { name: 'quick', onDrain: 'move' })
    const pid = await eventually('it wrote its process id', () => Number(readFileSync(pidFile, 'utf8').trim()) || null)
    await cluster.mutate('nodes.uncordon', { ids: ['n2', 'n3'], reason: 'test' })
    expect((await task(cluster, slow)).nodeId).toBe('n1')

    const plan = await cluster.mutate<Plan>('nodes.previewDrain', { ids: ['n1'], options: { mode: 'now' } })
    expect(plan.counts.move).toBe(2)
    await cluster.mutate('nodes.drain', {
      ids: ['n1'],
      options: { mode: 'now' },
      reason: 'kernel update',
      planId: plan.id,
    })

    // While the stubborn process lives the node is draining, whatever else is done.
    let isDrainedTooEarly = false
    await eventually('the node is drained', async () => {
      const { scheduling } = await node(cluster, 'n1')
      // Asked afterwards: a process that lives now lived when the node was called drained.
      isDrainedTooEarly ||= scheduling === 'drained' && isRunning(pid)
      return scheduling === 'drained'
    })
    expect(isDrainedTooEarly).toBe(false)
    expect(isRunning(pid)).toBe(false)
    for (const id of [slow, quick]) {
      const moved = await untilState(cluster, id, 'running')
      const planned = plan.moves.find(({ taskId }) => taskId === id)
      expect(planned?.fate).toBe('moves')
      expect(moved.nodeId).toBe(planned?.toNodeId)
    }
  })

  it('without a deadline waits for a task that never ends and names it; stopped, the node stays cordoned', async () => {
    await cluster.mutate('nodes.cordon', { ids: ['n1', 'n3'], reason: 'so that it starts on n2' })
    const endless = await running('sleep 300', { name: 'endless' })
    await cluster.mutate('nodes.uncordon', { ids: ['n1', 'n3'], reason: 'test' })
    const { operationId } = await cluster.mutate<{ operationId: string }>('nodes.drain', {
      ids: ['n2'],
      options: { mode: 'no-deadline' },
      reason: 'disk',
    })
    await eventually('the operation names what it waits for', async () => {
      const { value } = await cluster.query<{ value: { progress: { blockedBy: string[] }[] } }>('operations.get', {
        id: operationId,
      })
      return value.progress[0]?.blockedBy.some((text) => text.includes('endless') || text.includes(endless))
    })
    expect((await node(cluster, 'n2')).scheduling).toBe('draining')
    await cluster.mutate('nodes.stopDrain', { ids: ['n2'], uncordon: false, reason: 'changed my mind' })
    await untilNode(cluster, 'n2', 'is cordoned', ({ scheduling }) => scheduling === 'cordoned')
    expect(await task(cluster, endless)).toMatchObject({ state: 'running', nodeId: 'n2', attempt: 1 })
  })

  it('with a deadline that keeps the rest ends cordoned, with the rest running', async () => {
    await cluster.mutate('nodes.cordon', { ids: ['n1', 'n3'], reason: 'so that it starts on n2' })
    const rest = await running('sleep 300', { name: 'rest' })
    await cluster.mutate('nodes.uncordon', { ids: ['n1', 'n3'], reason: 'test' })
    await cluster.mutate('nodes.drain', {
      ids: ['n2'],
      options: { mode: 'wait', deadlineMs: 1_000, afterDeadline: 'keep' },
      reason: 'short',
    })
    await untilNode(cluster, 'n2', 'is cordoned', ({ scheduling }) => scheduling === 'cordoned')
    expect(await task(cluster, rest)).toMatchObject({ state: 'running', nodeId: 'n2', attempt: 1 })
  })

  it('with a deadline that forces the rest ends drained, with the rest elsewhere', async () => {
    await cluster.mutate('nodes.cordon', { ids: ['n1', 'n3'], reason: 'so that it starts on n2' })
    const rest = await running('sleep 300', { name: 'rest' })
    await cluster.mutate('nodes.uncordon', { ids: ['n1', 'n3'], reason: 'test' })
    await cluster.mutate('nodes.drain', {
      ids: ['n2'],
      options: { mode: 'wait', deadlineMs: 1_000, afterDeadline: 'force' },
      reason: 'short',
    })
    await untilNode(cluster, 'n2', 'is drained', ({ scheduling }) => scheduling === 'drained')
    const moved = await untilState(cluster, rest, 'running')
    expect(moved.attempt).toBe(2)
    expect(moved.nodeId).not.toBe('n2')
  })
})
