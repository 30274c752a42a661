import type { FeedEntry } from '../contract.ts'
import type { MemoryStoreState } from './state.ts'

/** Entries after a revision, oldest first; null when some of them were trimmed. */
export function entriesAfter(state: MemoryStoreState, revision: number, limit: number): readonly FeedEntry[] | null {
  if (revision < state.feedFloor) return null
  const start = firstIndexAfter(state.feed, revision)
  return state.feed.slice(start, start + limit)
}

/** Entries before a revision, newest first. */
export function entriesBefore(state: MemoryStoreState, revision: number, limit: number): readonly FeedEntry[] {
  const end = firstIndexAfter(state.feed, revision - 1)
  return state.feed.slice(Math.max(0, end - limit), end).reverse()
}

/** Removes entries up to a revision, as far as the newest snapshot covers them. */
export function trimEntries(state: MemoryStoreState, throughRevision: number): number {
  const covered = Math.max(0, ...state.snapshots.keys())
  const floor = Math.min(throughRevision, covered)
  if (floor <= state.feedFloor) return 0
  const removed = firstIndexAfter(state.feed, floor)
  state.feed = state.feed.slice(removed)
  state.feedFloor = floor
  return removed
}

/** Entries stand in order of revision, with gaps only where a history begins: binary search. */
function firstIndexAfter(feed: readonly FeedEntry[], revision: number): number {
  let low = 0
  let high = feed.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((feed[middle]?.revision ?? 0) <= revision) low = middle + 1
    else high = middle
  }
  return low
}
