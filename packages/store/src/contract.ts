import type { CommitMeta, ControllerId, Incarnation, Kind, NodeId } from '@quarterdeck/domain'

/**
 * The store of one shard. Two implementations pass the same conformance suite: in memory (`@quarterdeck/store/memory`) and Redis
 * (`@quarterdeck/store-redis`). Values are opaque JSON texts here; `Kind` tells readers how to parse them.
 *
 * Every call may reject with `StoreAway` (no answer, nothing was sent or it is certain that nothing happened) or `OutcomeUnknown`
 * (sent, no answer: it may have happened). A commit that is repeated after `OutcomeUnknown` is protected by expected revisions.
 */
export type Store = {
  /**
   * Must be the first call, and is made again by the implementation on every new connection. Learns which life of the store this is;
   * when a failover, restart or restore lost or may have lost commits, a new history begins and the revision jumps by 2^20.
   */
  hello(): Promise<Hello>
  /** Head of the feed now, read from the store. */
  head(): Promise<Head>
  /**
   * A batch: each commit stands alone, gets its own reply, revision and feed entry, and sees what those before it wrote. Rejects with
   * `InvalidCommit` when one breaks a rule of `Commit`; then none was sent.
   */
  commit(commits: readonly Commit[]): Promise<readonly CommitReply[]>
  get(kind: Kind, id: string): Promise<StoredText | null>
  /** One page of a kind, in no order. `cursor` null starts; a null `next` ends. Objects written meanwhile may show in either state. */
  page(
    kind: Kind,
    cursor: string | null,
    limit: number,
  ): Promise<{ readonly objects: readonly StoredText[]; readonly next: string | null }>
  /**
   * Entries after `afterRevision`, oldest first, at most `limit`; waits up to `waitMs` for the first. `trimmed`: entries after it were
   * removed from the feed, take a snapshot instead. `history`: this is no longer the history that the last `hello` told; call it again.
   * The first entry of a later history stands 2^20 behind the last of the one before, so a reader must check that revisions follow.
   */
  readFeed(afterRevision: number, limit: number, waitMs: number): Promise<FeedPage>
  /** Entries before `beforeRevision`, newest first: for the event log. */
  readFeedBack(beforeRevision: number, limit: number): Promise<readonly FeedEntry[]>
  /** How many entries the feed holds. */
  feedLength(): Promise<number>
  /** Removes entries up to `throughRevision`, never one that a snapshot does not cover. Returns how many. */
  trimFeed(throughRevision: number): Promise<number>
  /** Newest audit entries before a position, newest first. */
  readAudit(before: string | null, limit: number): Promise<readonly AuditRecord[]>

  saveSnapshot(revision: number, text: string): Promise<void>
  listSnapshots(): Promise<readonly number[]>
  loadSnapshot(revision: number): Promise<string | null>
  dropSnapshot(revision: number): Promise<void>

  readonly lease: LeaseStore
  readonly presence: PresenceStore

  /** The lossy lane: last beats per node by the store's clock. Never an object, never in the feed. */
  recordBeats(nodeIds: readonly NodeId[]): Promise<void>
  readBeats(): Promise<ReadonlyMap<NodeId, number>>
  /** Publishes one message to all controllers, this one included. Lossy. */
  publishTelemetry(message: string): Promise<void>
  subscribeTelemetry(listener: (message: string) => void): Promise<Subscription>

  /**
   * Resolves when everything committed so far in this history is as safe as this store can make it (`durability`). Rejects with
   * `OutcomeUnknown` when that is not known, also when another history has begun: it may lack the last commits of this one.
   */
  durable(historyId: string): Promise<void>
  /** Cheap round trip; milliseconds. Rejects when the store is away. */
  ping(): Promise<number>
  /** Called whenever a connection comes up with a different history than before. */
  onHistory(listener: (hello: Hello) => void): Subscription
  close(): Promise<void>
}

/** A node that was not heard for this long is no longer in `readBeats`. */
export const BEATS_KEPT_MS = 7 * 24 * 3_600_000

export type Subscription = { cancel(): void }

export type Head = { readonly historyId: string; readonly revision: number }

export type Hello = Head & {
  /** True when this call began a new history. */
  readonly changed: boolean
  readonly version: string
  readonly durability: 'replica' | 'fsync' | 'written'
  /** Sentences about a configuration that risks data, for the banner. */
  readonly warnings: readonly string[]
  /** True when the store holds no cluster at all. */
  readonly empty: boolean
}

export type LeaseFence = { readonly epoch: number; readonly nonce: string }

export type Change =
  | { readonly op: 'put'; readonly kind: Kind; readonly id: string; readonly expect: Expect; readonly text: string }
  | { readonly op: 'delete'; readonly kind: Kind; readonly id: string; readonly expect: Expect }

/** Revision that the object must have now; 0 = must not exist; 'any' = whatever it is (only for objects with a single writer). */
export type Expect = number | 'any'

export type Check = { readonly kind: Kind; readonly id: string; readonly expect: number }

export type Commit = {
  readonly historyId: string
  /** Present for a leader's write: must equal the lease record, epoch and nonce. */
  readonly fence?: LeaseFence
  /** At most `limits.commitChangesMax`; no object twice. */
  readonly changes: readonly Change[]
  /** Objects that are not written but must still have these revisions: what the decision stood on. A miss is a `conflict`. */
  readonly checks?: readonly Check[]
  readonly meta: CommitMeta
  /** Ends or removes work: written even when the store is out of memory, since refusing it would keep the memory full. */
  readonly essential?: boolean
}

export type CommitReply =
  | { readonly status: 'committed'; readonly revision: number }
  | { readonly status: 'conflict'; readonly kind: Kind; readonly id: string; readonly revision: number }
  | { readonly status: 'fenced'; readonly epoch: number }
  | { readonly status: 'history'; readonly historyId: string }

export type StoredText = { readonly kind: Kind; readonly id: string; readonly revision: number; readonly text: string }

export type FeedChange =
  | {
      readonly op: 'put'
      readonly kind: Kind
      readonly id: string /** null for cold kinds: fetch it. */
      readonly text: string | null
    }
  | { readonly op: 'delete'; readonly kind: Kind; readonly id: string }

export type FeedEntry = {
  readonly revision: number
  readonly meta: CommitMeta
  readonly changes: readonly FeedChange[]
}

export type FeedPage =
  | { readonly status: 'entries'; readonly entries: readonly FeedEntry[] }
  | { readonly status: 'trimmed'; readonly firstRevision: number }
  | { readonly status: 'history'; readonly historyId: string }

export type AuditRecord = { readonly position: string; readonly revision: number; readonly meta: CommitMeta }

export type LeaseRecord = {
  readonly holder: ControllerId
  readonly incarnation: Incarnation
  readonly epoch: number
  readonly nonce: string
  /** +1 per renewal. */
  readonly seq: number
  /** Milliseconds until it lapses by the store's clock; negative when it has. */
  readonly msLeft: number
  /** Store's clock. */
  readonly sinceMs: number
  readonly renewedAtMs: number
}

export type AcquireRequest = {
  readonly holder: ControllerId
  readonly incarnation: Incarnation
  /** Fresh for each try; a retry after an unknown outcome uses the same one and recognises itself. */
  readonly nonce: string
  readonly ttlMs: number
  /** Highest epoch that this candidate or its agents have seen. */
  readonly epochFloor: number
  /** Take over from this record although it has not lapsed: the candidate saw it unchanged for 1.5 TTL, or its holder's presence gone twice. */
  readonly over?: { readonly nonce: string; readonly seq: number; readonly because: 'presence-gone' | 'unchanged' }
}

export type LeaseStore = {
  read(): Promise<LeaseRecord | null>
  /**
   * Takes the lease if it is free, lapsed by the store's clock, or `over` still describes it (for `presence-gone` the script itself asks
   * again whether the holder's presence has a subscriber). New epoch = max(previous + 1, epochFloor + 1, store's now in ms).
   */
  acquire(request: AcquireRequest): Promise<
    | {
        readonly status: 'acquired'
        readonly record: LeaseRecord
        readonly how: 'free' | 'lapsed' | 'presence-gone' | 'unchanged' | 'again'
        readonly previous: LeaseRecord | null
      }
    | { readonly status: 'held'; readonly record: LeaseRecord }
  >
  renew(
    fence: LeaseFence,
    ttlMs: number,
  ): Promise<
    | { readonly status: 'renewed'; readonly record: LeaseRecord }
    | { readonly status: 'lost'; readonly record: LeaseRecord | null }
  >
  /** Hands the record to another controller in one write: never free, never two. */
  transfer(
    fence: LeaseFence,
    to: {
      readonly holder: ControllerId
      readonly incarnation: Incarnation
      readonly nonce: string
      readonly ttlMs: number
    },
  ): Promise<
    | { readonly status: 'transferred'; readonly record: LeaseRecord }
    | { readonly status: 'lost'; readonly record: LeaseRecord | null }
  >
  release(fence: LeaseFence): Promise<boolean>
}

/** Who is alive, told by open connections: a dead process's subscription ends with its socket. */
export type PresenceStore = {
  /** Keeps a subscription to `alive:<incarnation>` for the life of this store. */
  announce(incarnation: Incarnation): Promise<void>
  isPresent(incarnation: Incarnation): Promise<boolean>
}

/** A commit that no store may accept: a bug of the caller. */
export class InvalidCommit extends Error {
  override readonly name = 'InvalidCommit'
}

/** The store did not answer and nothing happened. */
export class StoreAway extends Error {
  override readonly name = 'StoreAway'
}

/** The store did not answer in time: what was asked may or may not have happened. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown'
}
