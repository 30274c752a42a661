import { type Node, nodeIdSchema, type Task, taskIdSchema } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import type { CommitEvent, CommittedChange, History, HistoryEvent } from '../history/history-event.ts'
import { agentEpochs } from './agent-epochs.ts'
import { capacity } from './capacity.ts'
import { idempotency } from './idempotency.ts'
import { leaderWrites } from './leader-writes.ts'
import { noDownByOwnOutage } from './no-down-by-own-outage.ts'
import { oneResult } from './one-result.ts'
import { singleLiveAttempt } from './single-live-attempt.ts'
import { terminalIsForEver } from './terminal-is-for-ever.ts'

const taskId = taskIdSchema.parse('t1')
const nodeId = nodeIdSchema.parse('n1')
const fence = { epoch: 5, nonce: 'a' }

/** Only what the checkers read. */
function task(part: Partial<Task>): CommittedChange {
  const value = { id: taskId, state: 'queued', attempt: 0, failures: 0, nodeId: null, ...part } as Task
  return { kind: 'task', id: taskId, value }
}

function node(health: Node['health']): CommittedChange {
  const evidence = [{ to: health, because: 'silent' }]
  return { kind: 'node', id: nodeId, value: { id: nodeId, health, evidence } as unknown as Node }
}

function commit(revision: number, changes: CommittedChange[], part: Partial<CommitEvent> = {}): HistoryEvent {
  const lease = { ...fence, holder: 'c1' as never }
  return { kind: 'commit', atMs: revision, revision, by: 'c1', actor: 'controller:c1', fence, lease, changes, ...part }
}

function started(
  attempt: number,
  part: { policy?: Task['policy']; nodeId?: string; cpuMillis?: number } = {},
): HistoryEvent {
  return {
    kind: 'attempt-started',
    atMs: 0,
    nodeId: nodeIdSchema.parse(part.nodeId ?? 'n1'),
    taskId,
    attempt,
    policy: part.policy ?? 'at-most-once',
    resources: { cpuMillis: part.cpuMillis ?? 100, memoryBytes: 1 },
    capacity: { cpuMillis: 1_000, memoryBytes: 10, taskSlots: 4 },
  }
}

function gone(attempt: number, exitCode: number | null = 0): HistoryEvent {
  return { kind: 'attempt-gone', atMs: 0, nodeId, taskId, attempt, exitCode }
}

describe('checkers', () => {
  it('find an assignment by a controller that no longer holds the lease, fenced or not', () => {
    const lease = { epoch: 6, nonce: 'b', holder: 'c2' as never }
    const assigned = [task({ state: 'assigned', attempt: 1 })]
    expect(leaderWrites.check([commit(1, assigned)])).toEqual([])
    expect(leaderWrites.check([commit(1, assigned, { lease })])).toHaveLength(1)
    expect(leaderWrites.check([commit(1, assigned, { fence: null })])).toHaveLength(1)
    expect(leaderWrites.check([commit(1, [task({ state: 'queued' })], { fence: null })])).toEqual([])
  })

  it('find an agent that obeys a lower epoch, or two leaders of one epoch', () => {
    const obeyed = (epoch: number, nonce: string): HistoryEvent => ({
      kind: 'order-obeyed',
      atMs: 0,
      nodeId,
      fence: { epoch, nonce },
    })
    expect(agentEpochs.check([obeyed(1, 'a'), obeyed(1, 'a'), obeyed(2, 'b')])).toEqual([])
    expect(agentEpochs.check([obeyed(2, 'a'), obeyed(1, 'b')])).toHaveLength(1)
    expect(agentEpochs.check([obeyed(1, 'a'), obeyed(1, 'b')])).toHaveLength(1)
  })

  it('find a second start under at-most-once, and two at a time under exclusive', () => {
    expect(singleLiveAttempt.check([started(1), gone(1), started(2)])).toHaveLength(1)
    expect(
      singleLiveAttempt.check([started(1, { policy: 'exclusive' }), gone(1), started(2, { policy: 'exclusive' })]),
    ).toEqual([])
    expect(
      singleLiveAttempt.check([started(1, { policy: 'exclusive' }), started(2, { policy: 'exclusive' })]),
    ).toHaveLength(1)
  })

  it('find a terminal state that changes, but not one whose commit a failover lost', () => {
    const ended = commit(1, [task({ state: 'succeeded' })])
    const again = commit(2, [task({ state: 'failed' })])
    const lost: HistoryEvent = { kind: 'failover', atMs: 1, keptRevision: 0 }
    expect(terminalIsForEver.check([ended, again])).toHaveLength(1)
    expect(terminalIsForEver.check([ended, lost, again])).toEqual([])
  })

  it('find a failure that counts twice, and a success of an attempt that had not ended', () => {
    const running = commit(1, [task({ state: 'running', attempt: 1, nodeId })])
    const failed = (revision: number, failures: number) =>
      commit(revision, [task({ state: 'delayed', attempt: 1, failures })])
    const succeeded = commit(2, [task({ state: 'succeeded', attempt: 1, nodeId })])
    expect(oneResult.check([running, failed(2, 1), failed(3, 2)])).toHaveLength(1)
    expect(oneResult.check([running, failed(2, 1)])).toEqual([])
    expect(oneResult.check([running, succeeded])).toHaveLength(1)
    expect(oneResult.check([running, gone(1), succeeded])).toEqual([])
  })

  it('find more work on a node than it can carry', () => {
    expect(capacity.check([started(1, { cpuMillis: 600 }), gone(1), started(2, { cpuMillis: 600 })])).toEqual([])
    expect(capacity.check([started(1, { cpuMillis: 600 }), started(2, { cpuMillis: 600 })])).toHaveLength(1)
  })

  it('find a node that is declared down without a fault of its own', () => {
    const impaired = (atMs: number, isImpaired: boolean): HistoryEvent => ({
      kind: 'impaired',
      atMs,
      nodeId,
      isImpaired,
    })
    const down = (atMs: number): HistoryEvent => ({ ...commit(1, [node('down')]), atMs })
    expect(noDownByOwnOutage.check([down(1)])).toHaveLength(1)
    expect(noDownByOwnOutage.check([impaired(0, true), down(9_000)])).toEqual([])
    expect(noDownByOwnOutage.check([impaired(0, true), impaired(1, false), down(90_000)])).toHaveLength(1)
  })

  it('find two tasks of one idempotency key', () => {
    const spec = (id: string) =>
      ({ kind: 'task-spec', id, value: { idempotencyKey: 'k', submittedBy: 'ana' } }) as CommittedChange
    const history: History = [commit(1, [spec('t1')]), commit(2, [spec('t2')])]
    expect(idempotency.check(history)).toHaveLength(1)
    expect(idempotency.check(history.slice(1))).toEqual([])
  })
})
