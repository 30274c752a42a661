import { type FileHandle, mkdir, open, rm, stat } from 'node:fs/promises'
import { limits } from '@quarterdeck/domain'
import type { Platform } from '@quarterdeck/platform'
import { listSegments, type Segment, segmentPath } from './log-files.ts'
import { type LogStream, linePrefix } from './log-format.ts'

const newline = Buffer.from('\n')
const pendingBytesMax = 256 * 1024

/**
 * Writes the output of one attempt into a ring of files: lines of both streams interleaved as they came, each with its time. Never more
 * than three files of about 10 MiB, however much is printed; a writer that is faster than the disk is made to wait.
 */
export class LogWriter {
  readonly #folder: string
  readonly #platform: Platform
  readonly #partial: Record<'stdout' | 'stderr', Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) }
  #segments: Segment[] = []
  #file: FileHandle | null = null
  #offset = 0
  #pending: Buffer[] = []
  #pendingBytes = 0
  #lostBytes = 0
  #flushing: Promise<void> | null = null

  constructor(folder: string, platform: Platform) {
    this.#folder = folder
    this.#platform = platform
  }

  /** Resolves at once, unless more waits than may: then when the disk has caught up. */
  async write(stream: 'stdout' | 'stderr', chunk: Buffer): Promise<void> {
    const partial = this.#partial[stream]
    let rest = partial.length > 0 ? Buffer.concat([partial, chunk]) : chunk
    for (;;) {
      const end = rest.indexOf(10)
      const length = end >= 0 && end <= limits.logLineBytesMax ? end : limits.logLineBytesMax
      if (end < 0 && rest.length < limits.logLineBytesMax) break
      this.#push(stream, rest.subarray(0, length))
      rest = rest.subarray(length === end ? length + 1 : length)
    }
    // A copy: the rest is a view of a chunk of up to 64 KiB, which would be kept alive with it.
    this.#partial[stream] = Buffer.from(rest)
    this.#flushing ??= this.#flush()
    if (this.#pendingBytes > pendingBytesMax) await this.#flushing
  }

  /** A line that is not from the attempt but about it. */
  mark(text: string): void {
    this.#push('marker', Buffer.from(text))
    this.#flushing ??= this.#flush()
  }

  /** Writes what is left and closes. Returns the length of the whole log. */
  async close(): Promise<number> {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#partial[stream].length > 0) this.#push(stream, this.#partial[stream])
      this.#partial[stream] = Buffer.alloc(0)
    }
    do {
      this.#flushing ??= this.#flush()
      await this.#flushing
    } while (this.#pending.length > 0)
    await this.#file?.close()
    this.#file = null
    return this.#offset
  }

  #push(stream: LogStream, text: Buffer): void {
    const prefix = linePrefix(stream, Math.round(this.#platform.clock.unixMs()))
    this.#pending.push(prefix, text, newline)
    this.#pendingBytes += prefix.length + text.length + 1
  }

  async #flush(): Promise<void> {
    // One turn later, so that what arrives together is written together.
    await new Promise<void>((resolve) => this.#platform.timers.soon(resolve))
    while (this.#pending.length > 0) {
      const bytes = Buffer.concat(this.#pending)
      this.#pending = []
      this.#pendingBytes = 0
      try {
        const file = await this.#current()
        await file.write(bytes)
        this.#offset += bytes.length
      } catch (cause) {
        this.#onLost(bytes.length, cause)
      }
    }
    this.#flushing = null
  }

  /** A full disk must not stop the task: what cannot be stored is dropped, and said once it can be said. */
  #onLost(bytes: number, cause: unknown): void {
    if (this.#lostBytes === 0)
      this.#platform.log.warn('Output cannot be stored', { folder: this.#folder, because: String(cause) })
    this.#lostBytes += bytes
  }

  async #current(): Promise<FileHandle> {
    if (this.#file && this.#offset - (this.#segments.at(-1)?.base ?? 0) < limits.logFileBytesMax) return this.#file
    if (!this.#file) await this.#resume()
    else await this.#file.close()
    this.#file = null

    const segment = { base: this.#offset, path: segmentPath(this.#folder, this.#offset) }
    this.#file = await open(segment.path, 'a', 0o600)
    this.#segments.push(segment)
    for (const old of this.#segments.splice(0, Math.max(0, this.#segments.length - limits.logFilesKept)))
      await rm(old.path, { force: true })
    if (this.#lostBytes > 0) {
      const marker = Buffer.concat([
        linePrefix('marker', this.#platform.clock.unixMs()),
        Buffer.from(`${this.#lostBytes} bytes of output could not be stored\n`),
      ])
      await this.#file.write(marker)
      this.#offset += marker.length
      this.#lostBytes = 0
    }
    return this.#file
  }

  /** Goes on behind what an earlier life of the keeper wrote. */
  async #resume(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    this.#segments = await listSegments(this.#folder)
    const last = this.#segments.at(-1)
    if (last) this.#offset = last.base + (await stat(last.path)).size
  }
}
