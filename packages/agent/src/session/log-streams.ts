import { clusterError, limits } from '@quarterdeck/domain'
import type { Command, LogChunk } from '@quarterdeck/domain/wire'
import type { Platform, Timer } from '@quarterdeck/platform'
import { attemptKey } from '../attempt.ts'
import type { LogReader } from '../attempt-logs.ts'

type StreamCommand = Extract<Command, { kind: 'stream-log' }>
type Stream = { readonly command: StreamCommand; offset: number; timer: Timer | null; isStopped: boolean }

const turnMs = 250
const streamsMax = 64
/** A socket that is this full gets no log lines: beats and results come first. */
const bufferedBytesMax = limits.agentBufferBytesMax / 4

export type LogStreamsParts = {
  readonly platform: Platform
  readonly reader: LogReader
  readonly sessionId: LogChunk['sessionId']
  readonly send: (chunk: LogChunk) => Promise<void>
  readonly bufferedBytes: () => number
  /** Whether the attempt may still write. */
  readonly isAlive: (key: string) => boolean
}

/** Sends the output of attempts to those who read along, each stream at most 256 KiB a second, until the attempt has ended. */
export class LogStreams {
  readonly #parts: LogStreamsParts
  readonly #streams = new Map<string, Stream>()

  constructor(parts: LogStreamsParts) {
    this.#parts = parts
  }

  start(command: StreamCommand): void {
    this.stop(command.streamId)
    if (this.#streams.size >= streamsMax) {
      const error = clusterError('limit_reached', `This node already serves ${streamsMax} log streams.`, {
        retryAfterMs: 5_000,
      })
      void this.#send({ ...this.#chunk(command), lines: [], finished: true, error })
      return
    }
    const stream: Stream = { command, offset: command.fromOffset, timer: null, isStopped: false }
    this.#streams.set(command.streamId, stream)
    void this.#turn(stream)
  }

  stop(streamId: string): void {
    const stream = this.#streams.get(streamId)
    if (!stream) return
    stream.isStopped = true
    stream.timer?.cancel()
    this.#streams.delete(streamId)
  }

  stopAll(): void {
    for (const streamId of [...this.#streams.keys()]) this.stop(streamId)
  }

  async #turn(stream: Stream): Promise<void> {
    const { command } = stream
    // Asked before reading: what was written before the end is then in the slice.
    const wasAlive = this.#parts.isAlive(attemptKey(command))
    if (this.#parts.bufferedBytes() > bufferedBytesMax) return this.#again(stream)

    const bytesMax = (limits.logStreamBytesPerSecond * turnMs) / 1_000
    const slice = await this.#parts.reader.read(command, stream.offset, bytesMax)
    if (stream.isStopped) return

    if (!slice && !wasAlive) {
      const error = clusterError('task_not_found', `This node holds no output of ${attemptKey(command)}.`)
      return this.#finish(stream, { ...this.#chunk(command), lines: [], finished: true, error })
    }
    const lines = slice ? [...slice.lines] : []
    if (slice) stream.offset = slice.nextOffset
    const finished = lines.length === 0 && !wasAlive
    if (finished) return this.#finish(stream, { ...this.#chunk(command), lines, finished })
    if (lines.length > 0) await this.#send({ ...this.#chunk(command), lines, finished })
    this.#again(stream)
  }

  #again(stream: Stream): void {
    if (stream.isStopped) return
    stream.timer = this.#parts.platform.timers.after(turnMs, () => void this.#turn(stream))
  }

  async #finish(stream: Stream, chunk: LogChunk): Promise<void> {
    this.stop(stream.command.streamId)
    await this.#send(chunk)
  }

  async #send(chunk: LogChunk): Promise<void> {
    try {
      await this.#parts.send(chunk)
    } catch (cause) {
      // The reader asks again from its offset when it still wants it.
      this.stop(chunk.streamId)
      this.#parts.platform.log.debug('A log stream ended', { streamId: chunk.streamId, because: String(cause) })
    }
  }

  #chunk({ streamId }: StreamCommand): Pick<LogChunk, 'sessionId' | 'streamId'> {
    return { sessionId: this.#parts.sessionId, streamId }
  }
}
