import type { LogLine } from '@quarterdeck/domain/wire'

export type LogEntry = Pick<LogLine, 'stream' | 'atMs' | 'text'> & {
  /** 1 for the first line of the attempt that this page holds. */
  readonly number: number
  /** How many identical lines in a row this entry stands for. */
  readonly repeat: number
}

const LINES_MAX = 50_000
const CHARACTERS_MAX = 16 * 1024 * 1024
/** Dropped at once when a bound is reached, so that the cost is not paid for each line. */
const DROP_SHARE = 0.1

/** Lines of one attempt, bounded in number and size: the oldest go first and are counted. */
export class LogBuffer {
  private entries: LogEntry[] = []
  private characters = 0
  private count = 0
  /** Lines that were received and are no longer held. */
  dropped = 0
  version = 0

  get lines(): readonly LogEntry[] {
    return this.entries
  }

  /** Lines received, those dropped and those folded into one entry included. */
  get total(): number {
    return this.count
  }

  append(lines: readonly LogLine[]): void {
    for (const { stream, atMs, text } of lines) {
      this.count++
      const last = this.entries.at(-1)
      if (last && last.text === text && last.stream === stream && stream !== 'marker') {
        this.entries[this.entries.length - 1] = { ...last, repeat: last.repeat + 1 }
        continue
      }
      this.entries.push({ stream, atMs, text, number: this.count, repeat: 1 })
      this.characters += text.length
    }
    this.trim()
    this.version++
  }

  private trim(): void {
    if (this.entries.length <= LINES_MAX && this.characters <= CHARACTERS_MAX) return
    const lines = Math.max(1, Math.ceil(this.entries.length * DROP_SHARE))
    for (const entry of this.entries.slice(0, lines)) {
      this.characters -= entry.text.length
      this.dropped += entry.repeat
    }
    this.entries = this.entries.slice(lines)
    this.trim()
  }
}
