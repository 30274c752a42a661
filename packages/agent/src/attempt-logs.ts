import type { TaskResult } from '@quarterdeck/domain'
import type { LogLine } from '@quarterdeck/domain/wire'
import type { AttemptRef } from './attempt.ts'

/** What the runner asks of the store of outputs. */
export type AttemptLogs = {
  /** Waits until all output is stored, and gives its end for the report. */
  finish(ref: AttemptRef): Promise<{ readonly tail: TaskResult['logTail']; readonly bytesTotal: number }>
  remove(ref: AttemptRef): Promise<void>
}

/** What the agent asks when somebody reads along. */
export type LogReader = {
  /**
   * Lines from a byte offset, at most about `bytesMax`. What the ring has dropped is told by a marker line. Null: no output was ever
   * stored for this attempt.
   */
  read(ref: AttemptRef, fromOffset: number, bytesMax: number): Promise<LogSlice | null>
}
export type LogSlice = { readonly lines: readonly LogLine[]; readonly nextOffset: number }
