import { existsSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { limits, type TaskResult } from '@quarterdeck/domain'
import type { Platform } from '@quarterdeck/platform'
import { type AttemptRef, attemptFolder, attemptKey } from '../attempt.ts'
import type { AttemptLogs } from '../attempt-logs.ts'
import { listSegments, readSlice } from './log-files.ts'
import { LogWriter } from './log-writer.ts'

/** Output of attempts on this machine's disk: one folder per attempt. Nothing is made for an attempt that prints nothing. */
export class LogStore implements AttemptLogs {
  readonly #folder: string
  readonly #platform: Platform
  readonly #writers = new Map<string, LogWriter>()

  constructor(folder: string, platform: Platform) {
    this.#folder = folder
    this.#platform = platform
  }

  writer(ref: AttemptRef): LogWriter {
    const key = attemptKey(ref)
    let writer = this.#writers.get(key)
    if (!writer) {
      writer = new LogWriter(this.#folderOf(ref), this.#platform)
      this.#writers.set(key, writer)
    }
    return writer
  }

  async finish(ref: AttemptRef): Promise<{ tail: TaskResult['logTail']; bytesTotal: number }> {
    const key = attemptKey(ref)
    const writer = this.#writers.get(key)
    this.#writers.delete(key)
    await writer?.close()
    if (!existsSync(this.#folderOf(ref))) return { tail: [], bytesTotal: 0 }

    const segments = await listSegments(this.#folderOf(ref))
    const last = segments.at(-1)
    const bytesTotal = last ? last.base + (await stat(last.path)).size : 0
    return { tail: await this.#tail(ref, bytesTotal), bytesTotal }
  }

  async remove(ref: AttemptRef): Promise<void> {
    if (existsSync(this.#folderOf(ref))) await rm(this.#folderOf(ref), { recursive: true, force: true })
  }

  async #tail(ref: AttemptRef, bytesTotal: number): Promise<TaskResult['logTail']> {
    const segments = await listSegments(this.#folderOf(ref))
    const tail: TaskResult['logTail'] = []
    let offset = Math.max(segments[0]?.base ?? 0, bytesTotal - limits.logTailBytes)
    for (;;) {
      const slice = await readSlice(segments, offset, limits.logTailBytes)
      if (slice.lines.length === 0) return tail
      for (const { stream, atMs, text } of slice.lines) if (stream !== 'marker') tail.push({ stream, atMs, text })
      offset = slice.nextOffset
    }
  }

  #folderOf(ref: AttemptRef): string {
    return path.join(this.#folder, attemptFolder(ref))
  }
}
