import {
  type AttemptRecord,
  clusterError,
  type NodeId,
  type Task,
  type TaskId,
  taskSubmitSchema,
} from '@quarterdeck/domain'
import type { LogChunk, LogLine } from '@quarterdeck/domain/wire'
import { afterEach, describe, expect, it } from 'vitest'
import { put } from '../change.ts'
import type { Core } from '../core.ts'
import { createLogRelay } from '../logs/log-relay.ts'
import { addNode, type TestCore, testCore } from '../test-bench/test-core.ts'
import { newTask } from './new-task.ts'
import { type PeerLogs, taskLogs } from './task-logs.ts'

const never = new AbortController().signal
const noPeer: PeerLogs = async function* () {}
let core: TestCore
afterEach(() => core.stop())

const nodeId = 'n1' as NodeId

async function assigned(): Promise<TaskId> {
  core = await testCore()
  await addNode(core, nodeId)
  core.connect(nodeId)
  const input = taskSubmitSchema.parse({ name: 'job', driver: 'exec', exec: { command: 'true' } })
  const { task } = newTask(core, input, 'ana')
  const attempt: AttemptRecord = {
    attempt: 1,
    nodeId,
    outcome: 'assigned',
    assignedAtMs: task.createdAtMs,
    startedAtMs: null,
    endedAtMs: null,
    exit: null,
    usage: null,
  }
  const placed: Task = { ...task, state: 'assigned', attempt: 1, nodeId, attempts: [attempt] }
  const meta = { atMs: task.createdAtMs, actor: 'test', events: [] }
  await core.committer.commit({ changes: [put('task', placed, 0)], meta })
  return task.id
}

/** What the agent would send, for the stream that was asked for last. */
async function askedStream(count: number): Promise<string> {
  for (;;) {
    const asked = (core.sent.get(nodeId) ?? []).flatMap((one) => (one.kind === 'stream-log' ? [one.streamId] : []))
    const streamId = asked[count - 1]
    if (streamId) return streamId
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const chunk = (streamId: string, more: Partial<LogChunk>): LogChunk => ({
  sessionId: 's-n1' as LogChunk['sessionId'],
  streamId,
  lines: [],
  finished: true,
  ...more,
})

const line: LogLine = { stream: 'stdout', atMs: 1 as LogLine['atMs'], text: 'hello', endOffset: 6 }

async function texts(lines: AsyncIterable<LogLine>): Promise<string[]> {
  const found: string[] = []
  for await (const { text } of lines) found.push(text)
  return found
}

describe('the output of an attempt', () => {
  it('is asked for again when the attempt had not reached its agent yet', async () => {
    const id = await assigned()
    const relay = createLogRelay(core)
    const read = texts(taskLogs(core, { relay, peerLogs: noPeer }, { id, attempt: 1, fromOffset: 0 }, never))
    relay.chunk(nodeId, chunk(await askedStream(1), { error: clusterError('task_not_found', 'no output') }))
    relay.chunk(nodeId, chunk(await askedStream(2), { lines: [line] }))
    expect(await read).toEqual(['hello'])
  })

  it('is found by a controller that has not heard of the task yet', async () => {
    const id = await assigned()
    const relay = createLogRelay(core)
    const read = texts(taskLogs(behind(core), { relay, peerLogs: noPeer }, { id, attempt: 1, fromOffset: 0 }, never))
    relay.chunk(nodeId, chunk(await askedStream(1), { lines: [line] }))
    expect(await read).toEqual(['hello'])
  })

  it('says why an agent sends none', async () => {
    const id = await assigned()
    const relay = createLogRelay(core)
    const read = texts(taskLogs(core, { relay, peerLogs: noPeer }, { id, fromOffset: 0 }, never))
    const error = clusterError('limit_reached', 'This node already serves 64 log streams.')
    relay.chunk(nodeId, chunk(await askedStream(1), { error }))
    expect(await read).toEqual(['This node already serves 64 log streams.'])
  })

  it('of an unknown task says so', async () => {
    await assigned()
    const id = 'no-such-task' as TaskId
    const deps = { relay: createLogRelay(core), peerLogs: noPeer }
    expect(await texts(taskLogs(core, deps, { id, fromOffset: 0 }, never))).toEqual([
      'Task no-such-task is not known, or no longer kept.',
    ])
  })
})

/** A controller that knows no task until it asks for what is fresh. */
function behind(whole: Core): Core {
  let isFresh = false
  const get: Core['cache']['get'] = (kind, id) => (isFresh ? whole.cache.get(kind, id) : undefined)
  const fresh = async () => {
    await whole.cache.fresh()
    isFresh = true
  }
  return { ...whole, cache: { ...whole.cache, get, fresh } }
}
