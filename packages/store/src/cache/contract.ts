import type { CommitMeta, Kind, Stored } from '@quarterdeck/domain'
import type { FeedChange, Subscription } from '../contract.ts'
import type { ObjectChange } from './object-table.ts'

/** Every object that is not cold, kept up to date by following the feed. */
export type ReadCache = {
  /** Loads a snapshot and goes on following. Waits for the store as long as it is away; rejects only when stopped before. */
  start(): Promise<void>
  stop(): void
  /**
   * False before the first snapshot, while a lost place in the feed is being found again, and as long as the store is empty although there
   * was a cluster in it. The old objects stay readable.
   */
  readonly complete: boolean
  readonly historyId: string
  /** Every commit up to here has been told to listeners. */
  readonly revision: number
  /** Whether the objects are exactly those of `revision`: false while an own write has run ahead of the feed. */
  readonly isExact: boolean
  asOf(): CacheAge
  /** Resolves when everything that was in the store at the call is here. Rejects with `StoreAway`. */
  fresh(): Promise<void>
  get<K extends Kind>(kind: K, id: string): Stored<K> | undefined
  /** Empty for cold kinds. The map itself changes as the cache does. */
  all<K extends Kind>(kind: K): ReadonlyMap<string, Stored<K>>
  subscribe(listener: (change: CacheChange) => void): Subscription
  /** Shows a commit of ours at once. Its listeners hear of it here or from the feed, once. */
  applyCommitted(commit: CommittedEntry): void
}

export type CacheAge = {
  readonly revision: number
  readonly serverMs: number
  /** 0 while the feed answers in time; else how long since it last did. */
  readonly behindMs: number
}

/**
 * `reset`: forget everything and read `all` again. `entry`: one commit. Own commits may come before those of other controllers that
 * stand before them in the feed; a reader that needs a place to resume from takes `cache.revision`, not the entry's.
 */
export type CacheChange =
  | { readonly kind: 'reset' }
  | {
      readonly kind: 'entry'
      readonly revision: number
      readonly meta: CommitMeta
      readonly changes: readonly ObjectChange[]
    }

export type CommittedEntry = {
  readonly historyId: string
  readonly revision: number
  readonly meta: CommitMeta
  readonly changes: readonly FeedChange[]
}
