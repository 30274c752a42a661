import { type Decision, type DecisionEntry, limits, type TaskId } from '@quarterdeck/domain'

const TASKS_MAX = 20_000
/** A waiting task's reason is written again only when its sentence changed, and not more often than this. */
const REWRITE_AFTER_MS = 5_000

/**
 * What this leader decided about tasks that have not been placed yet, so that a placement keeps the refusals before it without reading
 * them back. A new leader begins an empty book; the refusals of the old one are then overwritten by the next.
 */
export type DecisionBook = {
  /** The object to store for a decision, or null when the same refusal was stored a moment ago. */
  entry(taskId: TaskId, entry: DecisionEntry): Decision | null
  forget(taskId: TaskId): void
}

export function createDecisionBook(): DecisionBook {
  const book = new Map<TaskId, DecisionEntry[]>()
  return {
    entry(taskId, entry) {
      const before = (book.get(taskId) ?? []).filter((each) => each.attempt === entry.attempt)
      const last = before[0]
      if (entry.outcome === 'refused' && last) {
        if (last.because === entry.because || entry.atMs - last.atMs < REWRITE_AFTER_MS) return null
      }
      const entries = [entry, ...before].slice(0, limits.decisionEntriesKept)
      book.delete(taskId)
      if (entry.outcome === 'refused') book.set(taskId, entries)
      const oldest = book.keys().next()
      if (book.size > TASKS_MAX && !oldest.done) book.delete(oldest.value)
      return { v: 1, id: decisionId(taskId, entry.attempt), entries }
    },
    forget: (taskId) => void book.delete(taskId),
  }
}

export function decisionId(taskId: TaskId, attempt: number): string {
  return `${taskId}.${attempt}`
}
