import type { CommitMeta, ControllerId, Incarnation, Kind, NodeId } from '@quarterdeck/domain'
import type { FeedEntry, StoredText } from '../contract.ts'

/** Everything that a store remembers: plain data, changed only by the functions of this folder. */
export type MemoryStoreState = {
  /** Empty until the first hello. */
  historyId: string
  revision: number
  readonly objects: Map<Kind, Map<string, StoredText>>
  /** Oldest first. */
  feed: FeedEntry[]
  /** Highest revision that was trimmed from the feed. */
  feedFloor: number
  readonly audit: { readonly revision: number; readonly meta: CommitMeta }[]
  readonly snapshots: Map<number, string>
  lease: MemoryLease | null
  readonly beats: Map<NodeId, number>
}

export type MemoryLease = {
  /** Null after a release: the epoch is remembered, so that the next one is higher. */
  readonly holder: { readonly id: ControllerId; readonly incarnation: Incarnation } | null
  readonly epoch: number
  readonly nonce: string
  readonly seq: number
  readonly untilMs: number
  readonly sinceMs: number
  readonly renewedAtMs: number
}

export function emptyState(): MemoryStoreState {
  return {
    historyId: '',
    revision: 0,
    objects: new Map(),
    feed: [],
    feedFloor: 0,
    audit: [],
    snapshots: new Map(),
    lease: null,
    beats: new Map(),
  }
}

/** A copy that shares nothing that can change: entries and objects are never altered in place. */
export function cloneState(state: MemoryStoreState): MemoryStoreState {
  return {
    ...state,
    objects: new Map([...state.objects].map(([kind, byId]) => [kind, new Map(byId)])),
    feed: [...state.feed],
    audit: [...state.audit],
    snapshots: new Map(state.snapshots),
    beats: new Map(state.beats),
  }
}
