import { isPlaced, type TaskId } from '@quarterdeck/domain'
import type { LogLine } from '@quarterdeck/domain/wire'
import type { Core } from '../core.ts'
import { createWaiter } from '../live/waiter.ts'
import type { LogRelay } from '../logs/log-relay.ts'
import { readResult } from './task-detail.ts'

/** Reads an attempt's output through another controller, the one that its node is connected to. */
export type PeerLogs = (
  url: string,
  input: { readonly id: TaskId; readonly attempt: number; readonly fromOffset: number },
  signal: AbortSignal,
) => AsyncIterable<LogLine>

type Deps = { readonly relay: LogRelay; readonly peerLogs: PeerLogs }
type Input = {
  readonly id: TaskId
  readonly attempt?: number | undefined
  readonly fromOffset: number
  readonly relayed?: boolean | undefined
}

/**
 * Output of one attempt, live until it ends. Four causes of "no log" are four texts: it has not started, its node is away, its output
 * is no longer kept, it wrote nothing.
 */
export async function* taskLogs(core: Core, deps: Deps, input: Input, signal: AbortSignal): AsyncIterable<LogLine> {
  const marker = (text: string, endOffset = input.fromOffset): LogLine => ({
    stream: 'marker',
    atMs: core.platform.clock.unixMs(),
    text,
    endOffset,
  })

  const waited = await untilPlaced(core, input, signal)
  const task = core.cache.get('task', input.id)?.value
  if (!task) return
  const attempt = input.attempt ?? task.attempt
  const record = task.attempts.find((each) => each.attempt === attempt)
  if (!record) {
    yield marker(
      waited ? 'This task ended without ever starting, so there is no log.' : `Attempt ${attempt} is no longer kept.`,
    )
    return
  }

  const { nodeId } = record
  const ended = attempt < task.attempt || !isPlaced(task.state)
  if (deps.relay.canAsk(nodeId)) {
    let sent = 0
    for await (const line of deps.relay.stream(
      { nodeId, taskId: task.id, attempt, fromOffset: input.fromOffset },
      signal,
    )) {
      // An agent that no longer keeps the output says so as its first line; then the stored end is better than nothing.
      if (ended && sent === 0 && line.stream === 'marker') break
      sent += 1
      yield line
    }
    if (sent > 0 || !ended) return
  } else {
    // A request that another controller relayed is not relayed again: two stale views must not pass it to and fro.
    const peer = input.relayed ? null : peerOf(core, nodeId)
    if (peer) {
      yield* deps.peerLogs(peer, { id: task.id, attempt, fromOffset: input.fromOffset }, signal)
      return
    }
    if (!ended) {
      yield marker(`${nodeId} is not connected now; lines after its last contact cannot be read.`)
      return
    }
  }
  yield* storedTail(core, task.id, attempt, input.fromOffset, marker)
}

async function* storedTail(
  core: Core,
  id: TaskId,
  attempt: number,
  fromOffset: number,
  marker: (text: string, endOffset?: number) => LogLine,
): AsyncIterable<LogLine> {
  const result = await readResult(core, id)
  if (!result || result.attempt !== attempt) {
    yield marker(`The output of attempt ${attempt} is no longer kept.`)
    return
  }
  const bytesKept = result.logTail.reduce((sum, line) => sum + line.text.length + 1, 0)
  let offset = Math.max(0, result.logBytesTotal - bytesKept)
  if (fromOffset === 0 && offset > 0)
    yield marker(`The first ${offset} bytes are on the node only; this is the end.`, offset)
  for (const line of result.logTail) {
    offset += line.text.length + 1
    if (offset > fromOffset) yield { ...line, endOffset: offset }
  }
}

function peerOf(core: Core, nodeId: string): string | null {
  const controllerId = core.cache.get('node', nodeId)?.value.session?.controllerId
  const controller =
    controllerId && controllerId !== core.id ? core.cache.get('controller', controllerId)?.value : undefined
  return controller?.state === 'live' ? controller.url : null
}

/** Waits while a task has no attempt yet. True when it had to. */
async function untilPlaced(core: Core, input: Input, signal: AbortSignal): Promise<boolean> {
  const hasAttempt = () => {
    const task = core.cache.get('task', input.id)?.value
    return !task || task.attempt > 0 || task.endedAtMs !== null
  }
  if (hasAttempt()) return false
  const waiter = createWaiter(core.platform.timers)
  const subscription = core.cache.subscribe((change) => {
    if (change.kind === 'reset' || change.changes.some((one) => one.kind === 'task' && one.id === input.id))
      waiter.wake()
  })
  try {
    while (!signal.aborted && !hasAttempt()) await waiter.wait(60_000, signal)
  } finally {
    subscription.cancel()
  }
  return true
}
