export type { ObjectChange } from './cache/object-table.ts'
export type { AnyStored } from './cache/parse-object.ts'
export {
  type CacheAge,
  type CacheChange,
  type CommittedEntry,
  type ReadCache,
  type ReadCacheOptions,
  readCache,
} from './cache/read-cache.ts'
export { type CommitLane, type CommitRequest, type Committer, committer, Overloaded } from './commit/committer.ts'
export * from './contract.ts'
export { retainHistory } from './history/retain-history.ts'
export { parseSnapshot, takeSnapshot } from './history/snapshot-text.ts'
export { type PastState, stateAt } from './history/state-at.ts'
export { HISTORY_JUMP, historyMeta } from './history-jump.ts'
export { validateCommits } from './validate-commits.ts'
export { within } from './within.ts'
