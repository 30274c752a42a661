import type { TaskId, TaskResult } from '@quarterdeck/domain'

const RESULTS_MAX = 1_000
/** Larger ones are read from the store. */
const TEXT_LENGTH_MAX = 8_192

/**
 * Results that this controller writes, for callers who wait for just them: without it each would be asked back from the store the moment
 * after it was written.
 */
export type RecentResults = {
  /** Before the write, because whoever waits is told in the same turn as it is acknowledged. */
  note(result: TaskResult, text: string): void
  /** The write did not go through. */
  forget(id: TaskId): void
  /** Of just this attempt; null when it must be read. */
  get(id: TaskId, attempt: number): TaskResult | null
}

export function createRecentResults(): RecentResults {
  const results = new Map<TaskId, TaskResult>()
  return {
    note(result, text) {
      if (text.length > TEXT_LENGTH_MAX) return
      results.set(result.id, result)
      const oldest = results.keys().next()
      if (results.size > RESULTS_MAX && !oldest.done) results.delete(oldest.value)
    },
    forget: (id) => void results.delete(id),
    get(id, attempt) {
      const found = results.get(id)
      return found?.attempt === attempt ? found : null
    },
  }
}
