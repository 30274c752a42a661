import type { UnixMs } from '@quarterdeck/domain'
import { type AttemptRef, attemptKey, type FinalReport } from '../attempt.ts'
import type { JournalRecord } from '../journal/journal.ts'

/** Finished attempts stay known this long after the cluster stored them, so that a late order for one cannot start it again. */
export const settledKeptMs = 10 * 60_000
/** And no more of them than this, oldest first out: at thousands of handler calls a second ten minutes would not fit into memory. */
const settledKeptMax = 10_000

type Finished = { readonly ref: AttemptRef; readonly report: FinalReport; readonly settledAtMs: UnixMs | null }

/** The attempts of this node that have ended or were refused: until the cluster has stored that, and a while longer. */
export class FinishedAttempts {
  readonly #all = new Map<string, Finished>()
  /** Keys of the settled ones, oldest first. */
  readonly #settled = new Set<string>()

  report(key: string): FinalReport | undefined {
    return this.#all.get(key)?.report
  }

  add(report: FinalReport, settledAtMs: UnixMs | null = null): void {
    const ref = { taskId: report.taskId, attempt: report.attempt }
    this.#all.set(attemptKey(ref), { ref, report, settledAtMs })
    if (settledAtMs !== null) this.#settled.add(attemptKey(ref))
  }

  /** False when it is not known, or settled already. */
  settle(ref: AttemptRef, atMs: UnixMs): boolean {
    const found = this.#all.get(attemptKey(ref))
    if (!found || found.settledAtMs !== null) return false
    this.add(slim(found.report), atMs)
    return true
  }

  /** Reports that the cluster has not stored yet. */
  unsettled(): FinalReport[] {
    return [...this.#all.values()].filter(({ settledAtMs }) => settledAtMs === null).map(({ report }) => report)
  }

  /** Drops what was kept long enough, and what is too much. Returns it. */
  forget(nowMs: UnixMs): AttemptRef[] {
    const forgotten: AttemptRef[] = []
    for (const key of this.#settled) {
      const found = this.#all.get(key)
      const isOld = (found?.settledAtMs ?? 0) <= nowMs - settledKeptMs
      if (!isOld && this.#settled.size <= settledKeptMax) break
      this.#settled.delete(key)
      this.#all.delete(key)
      if (found) forgotten.push(found.ref)
    }
    return forgotten
  }

  records(): JournalRecord[] {
    return [...this.#all.values()].flatMap(({ ref, report, settledAtMs }): JournalRecord[] => [
      { v: 1, kind: 'final', report },
      ...(settledAtMs === null ? [] : [{ v: 1 as const, kind: 'settled' as const, ref, atMs: settledAtMs }]),
    ])
  }
}

/** The value and the log's end are with the cluster by then; only that it ended is still of use. */
function slim(report: FinalReport): FinalReport {
  if (report.kind === 'rejected') return report
  const { value: _value, ...rest } = report
  return { ...rest, logTail: [] }
}
