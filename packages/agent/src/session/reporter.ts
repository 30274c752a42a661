import type { Report, ReportBatchReply } from '@quarterdeck/domain/wire'
import type { Platform, Timer } from '@quarterdeck/platform'
import { type AttemptRef, attemptKey, isFinal } from '../attempt.ts'

const reportsPerBatchMax = 1_000
/** Half of what one message may carry, since the size of a report is estimated. */
const batchBytesMax = 512 * 1024
const batchesUnderWayMax = 4
const retryAfterMs = 500

export type ReporterParts = {
  readonly platform: Platform
  readonly send: (reports: readonly Report[]) => Promise<ReportBatchReply>
  /** The cluster stored the last word on these, or does not want it. */
  readonly onSettled: (refs: readonly AttemptRef[]) => void
}

/** Not yet stored by the cluster. A later stage replaces an unsent earlier one, since `ended` says all that `started` said. */
type Unstored = {
  stage: Report | null
  health: Report | null
  progress: Report | null
  measured: Report | null
  isUnderWay: boolean
}

/**
 * Brings every report to the cluster at least once, in order per attempt, whatever happens to connections: a report leaves only when
 * a controller answered `applied` or `obsolete`.
 */
export class Reporter {
  readonly #parts: ReporterParts
  readonly #unstored = new Map<string, Unstored>()
  #ready = new Set<string>()
  #underWay = 0
  #isOpen = false
  /** Counts connections: an answer that belongs to an earlier one does not open a place in the window of this one. */
  #connection = 0
  #isScheduled = false
  #retryTimer: Timer | null = null

  constructor(parts: ReporterParts) {
    this.#parts = parts
  }

  add(report: Report): void {
    const key = attemptKey(report)
    const unstored = this.#unstored.get(key) ?? nothing()
    this.#unstored.set(key, unstored)
    if (report.kind === 'progress') unstored.progress = report
    else if (report.kind === 'health') unstored.health = report
    else if (report.kind === 'measured') unstored.measured = report
    else unstored.stage = report
    if (isFinal(report)) {
      unstored.progress = null
      unstored.health = null
      unstored.measured = null
    }
    if (!unstored.isUnderWay) this.#ready.add(key)
    this.#schedule()
  }

  /** A session is open: send what waits. */
  open(): void {
    this.#connection++
    this.#underWay = 0
    this.#isOpen = true
    for (const [key, unstored] of this.#unstored) {
      unstored.isUnderWay = false
      this.#ready.add(key)
    }
    this.#schedule()
  }

  close(): void {
    this.#isOpen = false
    this.#retryTimer?.cancel()
    this.#retryTimer = null
  }

  waiting(): number {
    return this.#unstored.size
  }

  #schedule(): void {
    if (this.#isScheduled || !this.#isOpen) return
    this.#isScheduled = true
    // The next turn: everything that ends in this one travels together.
    this.#parts.platform.timers.soon(() => {
      this.#isScheduled = false
      while (this.#isOpen && this.#ready.size > 0 && this.#underWay < batchesUnderWayMax) void this.#sendBatch()
    })
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#takeBatch()
    const connection = this.#connection
    this.#underWay++
    let outcomes: ReportBatchReply['outcomes'] = []
    try {
      outcomes = (await this.#parts.send(batch)).outcomes
    } catch (cause) {
      this.#parts.platform.log.debug('Reports were not answered', { reports: batch.length, because: String(cause) })
    }
    // After a reconnect `open` has put everything back into line already.
    if (connection !== this.#connection) return
    this.#underWay--
    this.#onAnswered(batch, outcomes)
    this.#schedule()
  }

  #takeBatch(): Report[] {
    const batch: Report[] = []
    let bytes = 0
    for (const key of this.#ready) {
      const unstored = this.#unstored.get(key)
      const reports = unstored
        ? [unstored.stage, unstored.health, unstored.progress, unstored.measured].filter((report) => report !== null)
        : []
      const size = reports.reduce((sum, report) => sum + estimateBytes(report), 0)
      if (batch.length > 0 && (bytes + size > batchBytesMax || batch.length + reports.length > reportsPerBatchMax))
        break
      this.#ready.delete(key)
      if (unstored) unstored.isUnderWay = true
      batch.push(...reports)
      bytes += size
    }
    return batch
  }

  #onAnswered(batch: readonly Report[], outcomes: ReportBatchReply['outcomes']): void {
    const settled: AttemptRef[] = []
    let isRetried = false
    for (const [index, report] of batch.entries()) {
      const key = attemptKey(report)
      const unstored = this.#unstored.get(key)
      if (!unstored) continue
      unstored.isUnderWay = false
      if ((outcomes[index] ?? 'retry') === 'retry') isRetried = true
      else {
        if (unstored.stage === report) unstored.stage = null
        if (unstored.health === report) unstored.health = null
        if (unstored.progress === report) unstored.progress = null
        if (unstored.measured === report) unstored.measured = null
        if (isFinal(report)) settled.push({ taskId: report.taskId, attempt: report.attempt })
      }
      if (!unstored.stage && !unstored.health && !unstored.progress && !unstored.measured) this.#unstored.delete(key)
      else if ((outcomes[index] ?? 'retry') !== 'retry') this.#ready.add(key)
    }
    if (isRetried) this.#retryLater()
    if (settled.length > 0) this.#parts.onSettled(settled)
  }

  #retryLater(): void {
    if (this.#retryTimer || !this.#isOpen) return
    const { timers, random } = this.#parts.platform
    this.#retryTimer = timers.after(retryAfterMs * (1 + random.next()), () => {
      this.#retryTimer = null
      for (const [key, unstored] of this.#unstored) if (!unstored.isUnderWay) this.#ready.add(key)
      this.#schedule()
    })
  }
}

function nothing(): Unstored {
  return { stage: null, health: null, progress: null, measured: null, isUnderWay: false }
}

function estimateBytes(report: Report): number {
  if (report.kind !== 'ended') return 400
  const tail = report.logTail.reduce((sum, line) => sum + line.text.length + 60, 0)
  return 600 + tail + (report.value === undefined ? 0 : JSON.stringify(report.value).length)
}
