import type { History } from '../history/history-event.ts'

/** One invariant. Pure: the same history gives the same violations, whoever recorded it. */
export type Checker = {
  readonly name: string
  /** The invariant in one sentence. */
  readonly claim: string
  /** One sentence per violation, in the order of the history. */
  check(history: History): string[]
}

export type Violation = { readonly invariant: string; readonly sentence: string }
