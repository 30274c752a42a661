import { clusterError, type NodeId, type TaskId } from '@quarterdeck/domain'
import type { LogChunk, LogLine } from '@quarterdeck/domain/wire'
import type { Core } from '../core.ts'
import { createWaiter, type Waiter } from '../live/waiter.ts'

/** How much output may wait for a reader before the oldest is dropped, with a marker that says so. */
const LINES_WAITING_MAX = 20_000
const STREAMS_MAX = 500

/** Carries output of running attempts from the agents connected here to readers. Nothing is stored. */
export type LogRelay = {
  /** A chunk from an agent, for one of the streams below. */
  chunk(nodeId: NodeId, chunk: LogChunk): void
  sessionClosed(nodeId: NodeId): void
  /** Whether the node is connected here, so that `stream` can ask it. */
  canAsk(nodeId: NodeId): boolean
  /** Lines from `fromOffset`, live until the attempt has ended or the node cannot be read any more: `LogEnd` says which. */
  stream(
    input: { nodeId: NodeId; taskId: TaskId; attempt: number; fromOffset: number },
    signal: AbortSignal,
  ): AsyncGenerator<LogLine, LogEnd, void>
}

/**
 * `finished`: all was sent, or the reader left. `unknown`: the node holds no output of this attempt, for it has not arrived there yet or is
 * no longer kept. `lost`: later lines may be missing, and `text` says why; `offset` is behind the last line sent.
 */
export type LogEnd =
  | { readonly how: 'finished' }
  | { readonly how: 'unknown' }
  | { readonly how: 'lost'; readonly text: string; readonly offset: number }

type Stream = {
  readonly nodeId: NodeId
  readonly waiter: Waiter
  lines: LogLine[]
  droppedLines: number
  finished: boolean
  lost: string | null
  unknown: boolean
}

export function createLogRelay(core: Core): LogRelay {
  const streams = new Map<string, Stream>()

  function marker(text: string, endOffset: number): LogLine {
    return { stream: 'marker', atMs: core.platform.clock.unixMs(), text, endOffset }
  }

  return {
    canAsk: (nodeId) => core.hub.session(nodeId) !== undefined,

    chunk(nodeId, { streamId, lines, finished, error }) {
      const stream = streams.get(streamId)
      if (!stream || stream.nodeId !== nodeId) {
        core.hub.send(nodeId, { kind: 'stop-log', streamId })
        return
      }
      // Not push(...lines): a chunk may hold more lines than a call may have arguments.
      for (const line of lines) stream.lines.push(line)
      if (stream.lines.length > LINES_WAITING_MAX) {
        const excess = stream.lines.length - LINES_WAITING_MAX
        stream.lines = stream.lines.slice(excess)
        stream.droppedLines += excess
      }
      if (error?.code === 'task_not_found') stream.unknown = true
      else if (error) stream.lost = error.message
      stream.finished ||= finished
      stream.waiter.wake()
    },

    sessionClosed(nodeId) {
      for (const stream of streams.values()) {
        if (stream.nodeId !== nodeId) continue
        stream.lost = `The connection to ${nodeId} is lost; later lines may be missing.`
        stream.waiter.wake()
      }
    },

    async *stream({ nodeId, taskId, attempt, fromOffset }, signal) {
      if (streams.size >= STREAMS_MAX) {
        throw Object.assign(
          new Error('too many log streams'),
          clusterError('overloaded', `${STREAMS_MAX} logs are being read through this controller.`),
        )
      }
      const streamId = core.platform.ids.next('log')
      const stream: Stream = {
        nodeId,
        waiter: createWaiter(core.platform.timers),
        lines: [],
        droppedLines: 0,
        finished: false,
        lost: null,
        unknown: false,
      }
      streams.set(streamId, stream)
      let offset = fromOffset
      try {
        if (!core.hub.send(nodeId, { kind: 'stream-log', streamId, taskId, attempt, fromOffset })) {
          stream.lost = `${nodeId} is not connected; lines since then may be missing.`
        }
        while (!signal.aborted) {
          const lines = stream.lines
          stream.lines = []
          if (stream.droppedLines > 0) {
            yield marker(`${stream.droppedLines} lines were left out here because they were read too slowly.`, offset)
            stream.droppedLines = 0
          }
          for (const line of lines) {
            offset = line.endOffset
            yield line
          }
          if (stream.lines.length > 0) continue
          if (stream.unknown) return { how: 'unknown' }
          if (stream.lost !== null) return { how: 'lost', text: stream.lost, offset }
          if (stream.finished) return { how: 'finished' }
          await stream.waiter.wait(60_000, signal)
        }
        return { how: 'finished' }
      } finally {
        streams.delete(streamId)
        core.hub.send(nodeId, { kind: 'stop-log', streamId })
      }
    },
  }
}
