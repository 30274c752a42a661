import {
  type Broadcast,
  type BroadcastId,
  broadcastInputSchema,
  broadcastSchema,
  type NodeId,
  type Race,
  type SuccessRule,
  type Task,
  type TaskState,
  type UnixMs,
} from '@quarterdeck/domain'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cancelBroadcast, newBroadcast } from './change-broadcast.ts'
import { fulfils, reconcileBroadcast } from './reconcile-broadcast.ts'

const NOW = 1_800_000_000_000 as UnixMs
type Known = Pick<Task, 'state' | 'exit' | 'stop' | 'endedAtMs'>

function broadcastTo(count: number, success: SuccessRule = { rule: 'all' }, race?: Race): Broadcast {
  const input = broadcastInputSchema.parse({
    task: { name: 'sweep', driver: 'exec', exec: { command: 'true' } },
    success,
    ...(race ? { race } : {}),
  })
  const nodeIds = Array.from({ length: count }, (_, index) => `n${index}` as NodeId)
  return newBroadcast(input, { id: 'b1' as BroadcastId, nodeIds, by: 'user:ana', nowMs: NOW, inputHash: 'h' })
}

function stage(first: Broadcast) {
  const tasks = new Map<string, Known>()
  const shards: string[] = []
  let broadcast = first
  const stop = { why: 'cancel', becomes: 'cancelled', by: 'b', requestedAtMs: NOW, graceMs: 0, timeout: null } as const
  return {
    tasks,
    shards,
    get broadcast() {
      return broadcast
    },
    set broadcast(next) {
      broadcast = next
    },
    end: (index: number, state: TaskState, afterMs = 0) =>
      void tasks.set(`b1.${index}`, { state, exit: null, stop: null, endedAtMs: (NOW + afterMs) as UnixMs }),
    look(afterMs = 0) {
      const nowMs = (NOW + afterMs) as UnixMs
      const step = reconcileBroadcast(broadcast, { taskOf: (id) => tasks.get(id), nowMs })
      if (!step) return null
      broadcast = broadcastSchema.parse(step.broadcast)
      for (const { child, shard } of step.create) {
        tasks.set(child.taskId, { state: 'queued', exit: null, stop: null, endedAtMs: null })
        shards.push(`${child.nodeId} ${shard.index}/${shard.total}`)
      }
      for (const id of step.stop) tasks.set(id, { state: 'stopping', exit: null, stop, endedAtMs: null })
      return step
    },
  }
}

describe('a broadcast', () => {
  it('makes one task per node, each told its index and the total', () => {
    const cluster = stage(broadcastTo(3))
    cluster.look()
    expect(cluster.shards).toEqual(['n0 0/3', 'n1 1/3', 'n2 2/3'])
    expect(cluster.look()).toBeNull()
  })

  it('is created in steps when it is large, and goes on where another leader stopped', () => {
    const cluster = stage(broadcastTo(250))
    cluster.look()
    expect(cluster.tasks.size).toBe(100)
    cluster.look()
    cluster.look()
    expect(cluster.tasks.size).toBe(250)
    expect(new Set(cluster.shards).size).toBe(250)
  })

  it.each([
    [{ rule: 'all' }, 3, 4, false],
    [{ rule: 'share', percent: 75 }, 3, 4, true],
    [{ rule: 'share', percent: 76 }, 3, 4, false],
    [{ rule: 'any' }, 1, 4, true],
    [{ rule: 'any' }, 0, 4, false],
  ] as const)('by the rule %j with %d of %d has succeeded: %s', (rule, succeeded, total, expected) => {
    expect(fulfils(rule, succeeded, total)).toBe(expected)
  })

  it('fails when one node fails and all were asked for, once every node has ended', () => {
    const cluster = stage(broadcastTo(2))
    cluster.look()
    cluster.end(0, 'failed')
    cluster.look()
    expect(cluster.broadcast.state).toBe('running')
    cluster.end(1, 'succeeded')
    expect(cluster.look()?.events[0]?.text).toContain('1 of 2 nodes succeeded')
    expect(cluster.broadcast.state).toBe('failed')
  })

  it('that is cancelled creates no more, asks each live child once, and ends with the last of them', () => {
    const cluster = stage(broadcastTo(120))
    cluster.look()
    cluster.end(0, 'succeeded')
    cluster.broadcast = cancelBroadcast(cluster.broadcast, { by: 'user:ana', reason: '', atMs: NOW })
    expect(cluster.look()?.stop).toHaveLength(99)
    expect(cluster.look()).toBeNull()
    for (let index = 1; index < 100; index++) cluster.end(index, 'cancelled')
    cluster.look()
    expect(cluster.broadcast.state).toBe('cancelled')
    expect(cluster.tasks.size).toBe(100)
  })

  it('in any order of ends comes to rest, and then nothing changes', () => {
    const ends = fc.array(fc.tuple(fc.nat(4), fc.constantFrom<TaskState>('succeeded', 'failed', 'cancelled')))
    fc.assert(
      fc.property(ends, fc.boolean(), (moves, isCancelled) => {
        const cluster = stage(broadcastTo(5))
        cluster.look()
        for (const [index, state] of moves) {
          if (cluster.tasks.get(`b1.${index}`)?.state === 'queued') cluster.end(index, state)
          cluster.look()
          expect(cluster.look()).toBeNull()
        }
        if (isCancelled) {
          cluster.broadcast = cancelBroadcast(cluster.broadcast, { by: 'user:ana', reason: '', atMs: NOW })
          cluster.look()
        }
        for (let index = 0; index < 5; index++) cluster.end(index, 'succeeded')
        cluster.look()
        expect(cluster.broadcast.state).not.toBe('running')
        expect(cluster.look()).toBeNull()
      }),
    )
  })
})

describe('a race', () => {
  it('is won by the first success; the others are stopped, once', () => {
    const cluster = stage(broadcastTo(3, undefined, { forks: 3, hedgeAfterMs: 0 }))
    cluster.look()
    expect(cluster.tasks.size).toBe(3)
    cluster.end(2, 'succeeded', 200)
    cluster.end(1, 'succeeded', 100)
    expect(cluster.look()?.stop).toEqual(['b1.0'])
    expect(cluster.broadcast).toMatchObject({ state: 'running', winner: 'b1.1', success: { rule: 'any' } })
    expect(cluster.look()).toBeNull()
    cluster.end(0, 'cancelled')
    expect(cluster.look()?.events[0]?.text).toContain('n1 was first of 3')
    expect(cluster.broadcast.state).toBe('succeeded')
    expect(cluster.look()).toBeNull()
  })

  it('with hedging begins on a further node only when it has waited, or when those before have failed', () => {
    const cluster = stage(broadcastTo(3, undefined, { forks: 3, hedgeAfterMs: 1_000 }))
    cluster.look()
    expect([...cluster.tasks.keys()]).toEqual(['b1.0'])
    expect(cluster.look(999)).toBeNull()
    cluster.look(1_000)
    expect(cluster.tasks.size).toBe(2)
    cluster.end(0, 'failed', 1_100)
    cluster.end(1, 'failed', 1_100)
    cluster.look(1_200)
    cluster.look(1_200)
    expect(cluster.tasks.size).toBe(3)
    cluster.end(2, 'failed', 1_300)
    cluster.look(1_300)
    expect(cluster.broadcast.state).toBe('failed')
  })

  it('that is won before the next node begins never begins there', () => {
    const cluster = stage(broadcastTo(2, undefined, { forks: 2, hedgeAfterMs: 60_000 }))
    cluster.look()
    cluster.end(0, 'succeeded', 50)
    cluster.look(100)
    expect(cluster.broadcast).toMatchObject({ state: 'succeeded', winner: 'b1.0' })
    expect(cluster.tasks.size).toBe(1)
  })
})
