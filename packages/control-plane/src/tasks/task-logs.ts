import { isPlaced, type NodeId, type TaskId } from '@quarterdeck/domain'
import type { LogLine } from '@quarterdeck/domain/wire'
import type { Core } from '../core.ts'
import { createWaiter } from '../live/waiter.ts'
import type { LogRelay } from '../logs/log-relay.ts'
import { readResult } from './task-detail.ts'

/** How long an agent that does not know an attempt yet is left alone, unless the task changes before. */
const UNKNOWN_ASK_AGAIN_MS = 500

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
  if (signal.aborted) return
  if (!recordOf(core, input)) await core.cache.fresh().catch(() => undefined)
  const found = recordOf(core, input)
  if (!found) {
    const isKnown = core.cache.get('task', input.id) !== undefined
    if (!isKnown) yield marker(`Task ${input.id} is not known, or no longer kept.`)
    else if (waited) yield marker('This task ended without ever starting, so there is no log.')
    else yield marker(`Attempt ${input.attempt ?? 0} is no longer kept.`)
    return
  }

  const { nodeId, attempt } = found
  const ofAttempt = { ...input, attempt }
  while (deps.relay.canAsk(nodeId)) {
    const hadEnded = hasEnded(core, ofAttempt)
    const { fromOffset } = input
    const end = yield* deps.relay.stream({ nodeId, taskId: input.id, attempt, fromOffset }, signal)
    if (end.how === 'lost') yield marker(end.text, end.offset)
    if (end.how !== 'unknown' || signal.aborted) return
    if (hadEnded) return yield* storedTail(core, input.id, attempt, fromOffset, marker)
    // The agent was asked before the attempt reached it.
    await untilChanged(core, input.id, UNKNOWN_ASK_AGAIN_MS, signal)
    if (signal.aborted) return
  }
  // A request that another controller relayed is not relayed again: two stale views must not pass it to and fro.
  const peer = input.relayed ? null : peerOf(core, nodeId)
  if (peer) yield* deps.peerLogs(peer, { id: input.id, attempt, fromOffset: input.fromOffset }, signal)
  else if (hasEnded(core, ofAttempt)) yield* storedTail(core, input.id, attempt, input.fromOffset, marker)
  else yield marker(`${nodeId} is not connected now; lines after its last contact cannot be read.`)
}

/** The attempt that is asked for, as far as this controller has heard. */
function recordOf(core: Core, { id, attempt }: Input): { nodeId: NodeId; attempt: number } | undefined {
  const task = core.cache.get('task', id)?.value
  return task?.attempts.find((each) => each.attempt === (attempt ?? task.attempt))
}

function hasEnded(core: Core, { id, attempt }: { readonly id: TaskId; readonly attempt: number }): boolean {
  const task = core.cache.get('task', id)?.value
  return !task || attempt < task.attempt || !isPlaced(task.state)
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
async function untilPlaced(core: Core, { id }: Input, signal: AbortSignal): Promise<boolean> {
  // A task made through another controller a moment ago, or a request that the other one passed on: this one may not have heard of it.
  if (!core.cache.get('task', id)) await core.cache.fresh().catch(() => undefined)
  const hasAttempt = () => {
    const task = core.cache.get('task', id)?.value
    return !task || task.attempt > 0 || task.endedAtMs !== null
  }
  if (hasAttempt()) return false
  while (!signal.aborted && !hasAttempt()) await untilChanged(core, id, 60_000, signal, hasAttempt)
  return true
}

/** Until the task changes, `ms` have passed, or `isEnough`: which is asked after the listening began, so that nothing slips between. */
async function untilChanged(
  core: Core,
  id: TaskId,
  ms: number,
  signal: AbortSignal,
  isEnough: () => boolean = () => false,
): Promise<void> {
  const waiter = createWaiter(core.platform.timers)
  const subscription = core.cache.subscribe((change) => {
    if (change.kind === 'reset' || change.changes.some((one) => one.kind === 'task' && one.id === id)) waiter.wake()
  })
  try {
    if (!isEnough()) await waiter.wait(ms, signal)
  } finally {
    subscription.cancel()
  }
}
