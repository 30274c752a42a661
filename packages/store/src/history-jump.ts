import type { CommitMeta, UnixMs } from '@quarterdeck/domain'
import type { FeedEntry } from './contract.ts'

/**
 * Distance between the last revision of one history and the first of the next. More than any store can lose at a failover, so that no
 * revision is ever given twice.
 */
export const HISTORY_JUMP = 2 ** 20

const HISTORY_EVENT = 'store.history'

/** What the feed says of a new history. The entry changes no object. */
export function historyMeta(atMs: UnixMs): CommitMeta {
  const text = 'The store restarted or failed over: a new history begins'
  return {
    atMs,
    actor: 'store',
    events: [{ type: HISTORY_EVENT, subject: { kind: 'store', id: 'main' }, severity: 'warning', text }],
  }
}

/** Whether this entry begins a history: the one place where revisions may leave a gap. */
export function beginsHistory(entry: FeedEntry): boolean {
  return entry.meta.actor === 'store' && entry.meta.events[0]?.type === HISTORY_EVENT
}
