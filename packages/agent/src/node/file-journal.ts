import { readFileSync } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import path from 'node:path'
import type { Timers } from '@quarterdeck/platform'
import type { Journal, JournalRecord } from '../journal/journal.ts'

type Waiting = { readonly resolve: () => void; readonly reject: (cause: unknown) => void }

/**
 * A journal in one file, one JSON record per line. Everything appended in one turn of the loop is written with one call, and synced with
 * one when somebody asked for that: a hundred starts at once cost one fsync.
 */
export class FileJournal implements Journal {
  readonly #path: string
  readonly #timers: Timers
  #file: FileHandle
  #lines: string[] = []
  #waiting: Waiting[] = []
  #syncs: Waiting[] = []
  #compacted: string | null = null
  #isWriting = false
  #isTorn = false
  #sinceCompact = 0

  private constructor(file: FileHandle, filePath: string, timers: Timers) {
    this.#file = file
    this.#path = filePath
    this.#timers = timers
  }

  static async open(filePath: string, timers: Timers): Promise<FileJournal> {
    return new FileJournal(await open(filePath, 'a', 0o600), filePath, timers)
  }

  /** A line that was being written when the power went is not whole: it was never acted upon, and is left out. */
  read(): readonly JournalRecord[] {
    return readFileSync(this.#path, 'utf8')
      .split('\n')
      .flatMap((line) => parseRecord(line) ?? [])
  }

  append(record: JournalRecord, how: 'durable' | 'grouped'): Promise<void> {
    this.#lines.push(`${JSON.stringify(record)}\n`)
    this.#sinceCompact++
    const written =
      how === 'grouped'
        ? Promise.resolve()
        : new Promise<void>((resolve, reject) => {
            this.#syncs.push({ resolve, reject })
          })
    this.#schedule()
    return written
  }

  /** Waits until everything appended so far is written. */
  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#schedule()
    })
  }

  /** What was appended before is covered by `records`; what is appended from now on is written behind them. */
  compact(records: readonly JournalRecord[]): Promise<void> {
    this.#compacted = records.map((record) => `${JSON.stringify(record)}\n`).join('')
    this.#lines = []
    this.#sinceCompact = 0
    return this.flush()
  }

  recordsSinceCompact(): number {
    return this.#sinceCompact
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#file.close()
  }

  #schedule(): void {
    if (this.#isWriting) return
    this.#isWriting = true
    this.#timers.soon(() => void this.#write())
  }

  async #write(): Promise<void> {
    while (this.#lines.length > 0 || this.#waiting.length > 0 || this.#syncs.length > 0) {
      const text = this.#lines.join('')
      const compacted = this.#compacted
      const syncs = this.#syncs
      const done = [...this.#waiting, ...syncs]
      this.#lines = []
      this.#waiting = []
      this.#syncs = []
      this.#compacted = null
      try {
        if (compacted !== null) await this.#replace(compacted)
        if (text) await this.#file.appendFile(this.#isTorn ? `\n${text}` : text)
        this.#isTorn = false
        if (syncs.length > 0) await this.#file.datasync()
        for (const { resolve } of done) resolve()
      } catch (cause) {
        // Half a line may be there: the next one must not be glued to it.
        this.#isTorn = true
        for (const { reject } of done) reject(cause)
      }
    }
    this.#isWriting = false
  }

  /** Whole or not at all: a new file, synced, takes the old one's name. */
  async #replace(text: string): Promise<void> {
    const next = `${this.#path}.new`
    const file = await open(next, 'w', 0o600)
    await file.appendFile(text)
    await file.datasync()
    await rename(next, this.#path)
    await syncFolder(path.dirname(this.#path))
    await this.#file.close()
    this.#file = file
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function parseRecord(line: string): JournalRecord | null {
  if (line === '') return null
  try {
    return JSON.parse(line) as JournalRecord
  } catch {
    return null
  }
}
