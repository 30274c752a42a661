import { limits } from '@quarterdeck/domain'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSnapshotDue, snapshotsToDrop, trimThrough } from './decide-retention.ts'

describe('isSnapshotDue', () => {
  it.each([
    ['nothing was ever written', { revision: 0, newest: null, newestAgeMs: null }, false],
    ['there is none', { revision: 1, newest: null, newestAgeMs: null }, true],
    ['nothing changed since', { revision: 5, newest: 5, newestAgeMs: limits.snapshotEveryMs * 9 }, false],
    ['little changed lately', { revision: 6, newest: 5, newestAgeMs: 1_000 }, false],
    ['something changed long ago', { revision: 6, newest: 5, newestAgeMs: limits.snapshotEveryMs }, true],
    ['much changed', { revision: 5 + limits.snapshotEveryEntries, newest: 5, newestAgeMs: 1_000 }, true],
    ['its age is not known', { revision: 6, newest: 5, newestAgeMs: null }, true],
  ])('when %s', (_, question, due) => {
    expect(isSnapshotDue(question)).toBe(due)
  })
})

describe('trimThrough', () => {
  const old = limits.feedAgeMsKept + 1
  it.each([
    ['leaves a feed within its limit, however old', limits.feedEntriesKept, [old, old], null],
    ['takes old entries beyond the limit', limits.feedEntriesKept + 1, [old, old], 1],
    ['leaves young entries beyond the limit', limits.feedEntriesKept + 9, [old, 5], 1],
    ['takes young entries when there are far too many', limits.feedEntriesMax + 2, [5, 5, 5], 2],
  ])('%s', (_, feedLength, ages, through) => {
    const oldest = ages.map((ageMs, index) => ({ revision: index + 1, ageMs }))
    expect(trimThrough({ feedLength, oldest })).toBe(through)
  })
})

describe('snapshotsToDrop', () => {
  it('drops what stands before the feed, but never the last one', () => {
    expect(snapshotsToDrop([10, 20, 30], 20)).toEqual([10])
    expect(snapshotsToDrop([10], 20)).toEqual([])
  })

  it('never leaves more than the limit, and keeps first and last', () => {
    const revisions = fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(revisions, (unsorted) => {
        const snapshots = unsorted.sort((a, b) => a - b)
        const dropped = new Set(snapshotsToDrop(snapshots, 0))
        const kept = snapshots.filter((revision) => !dropped.has(revision))
        expect(kept.length).toBe(Math.min(snapshots.length, limits.snapshotsKept))
        expect([kept.at(0), kept.at(-1)]).toEqual([snapshots.at(0), snapshots.at(-1)])
      }),
    )
  })
})
