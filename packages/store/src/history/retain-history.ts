import type { Platform } from '@quarterdeck/platform'
import type { ReadCache } from '../cache/contract.ts'
import type { Store } from '../contract.ts'
import { isSnapshotDue, snapshotsToDrop, trimThrough } from './decide-retention.ts'
import { takeSnapshot } from './snapshot-text.ts'

type Retention = { readonly store: Store; readonly cache: ReadCache; readonly platform: Platform }

/** Entries looked at per round, and rounds per step: at one step a minute it keeps up with 1,600 commits a second. */
const PAGE_ENTRIES = 500
const ROUNDS_MAX = 200

/**
 * One step of keeping the past within its limits: a snapshot when one is due, then old entries and snapshots go. Meant to run every
 * minute or so in one controller; two at once, or a step cut short, do no harm.
 */
export async function retainHistory({ store, cache, platform }: Retention): Promise<void> {
  const snapshots = [...(await store.listSnapshots())]
  const newest = snapshots.at(-1) ?? null
  const nowMs = platform.clock.unixMs()

  if (cache.complete) {
    const [entry] = newest === null ? [] : await store.readFeedBack(newest + 1, 1)
    const newestAgeMs = entry?.revision === newest && entry ? nowMs - entry.meta.atMs : null
    if (isSnapshotDue({ revision: cache.revision, newest, newestAgeMs })) {
      const taken = await takeSnapshot(cache, { store, platform })
      if (taken !== null) snapshots.push(taken)
    }
  }

  const floor = await trimOldEntries(store, nowMs)
  for (const revision of snapshotsToDrop(snapshots, floor)) await store.dropSnapshot(revision)
}

/** Returns the highest revision that is no longer in the feed. */
async function trimOldEntries(store: Store, nowMs: number): Promise<number> {
  let floor = 0
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const page = await store.readFeed(floor, PAGE_ENTRIES, 0)
    if (page.status === 'trimmed') {
      floor = page.firstRevision - 1
      continue
    }
    if (page.status === 'history') return floor
    const oldest = page.entries.map(({ revision, meta }) => ({ revision, ageMs: nowMs - meta.atMs }))
    const through = trimThrough({ feedLength: await store.feedLength(), oldest })
    if (through === null || (await store.trimFeed(through)) === 0) return floor
    floor = through
  }
  return floor
}
