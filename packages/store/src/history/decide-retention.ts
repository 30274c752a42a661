import { limits } from '@quarterdeck/domain'

type SnapshotQuestion = {
  readonly revision: number
  /** Newest snapshot; null when there is none. */
  readonly newest: number | null
  /** Since the commit that it was taken at; null when that is no longer known. */
  readonly newestAgeMs: number | null
}

/** Whether it is time for the next snapshot: after so many commits, or so much time in which anything changed. */
export function isSnapshotDue({ revision, newest, newestAgeMs }: SnapshotQuestion): boolean {
  if (newest === null) return revision > 0
  if (revision <= newest) return false
  return (
    revision - newest >= limits.snapshotEveryEntries || newestAgeMs === null || newestAgeMs >= limits.snapshotEveryMs
  )
}

type TrimQuestion = {
  readonly feedLength: number
  /** Oldest entries first. */
  readonly oldest: readonly { readonly revision: number; readonly ageMs: number }[]
}

/** Revision through which the feed may go; null to leave it. An entry that is too young goes only when there are far too many. */
export function trimThrough({ feedLength, oldest }: TrimQuestion): number | null {
  let through: number | null = null
  for (const [index, { revision, ageMs }] of oldest.entries()) {
    const left = feedLength - index
    const isOld = left > limits.feedEntriesKept && ageMs > limits.feedAgeMsKept
    if (!isOld && left <= limits.feedEntriesMax) break
    through = revision
  }
  return through
}

/**
 * Snapshots to drop: those before the feed's first entry, from which nothing can be rolled forward, and of too many the ones closest to
 * their neighbours. First and last stay: from the first the whole feed can be rebuilt, from the last it is quickest.
 */
export function snapshotsToDrop(snapshots: readonly number[], feedFloor: number): readonly number[] {
  const kept = snapshots.filter((revision) => revision >= feedFloor)
  const dropped = snapshots.filter((revision) => revision < feedFloor && kept.length > 0)
  while (kept.length > limits.snapshotsKept) {
    const index = closestToNeighbours(kept)
    dropped.push(...kept.splice(index, 1))
  }
  return dropped
}

/** Index of the one, neither first nor last, whose neighbours are nearest to each other. */
function closestToNeighbours(revisions: readonly number[]): number {
  let closest = 1
  let smallest = Number.POSITIVE_INFINITY
  for (let index = 1; index < revisions.length - 1; index++) {
    const gap = (revisions[index + 1] ?? 0) - (revisions[index - 1] ?? 0)
    if (gap < smallest) {
      smallest = gap
      closest = index
    }
  }
  return closest
}
