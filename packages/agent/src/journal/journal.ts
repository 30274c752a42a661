import type { UnixMs } from '@quarterdeck/domain'
import type { Assignment, Fence } from '@quarterdeck/domain/wire'
import { type AttemptRef, attemptKey, type FinalReport } from '../attempt.ts'
import type { DriverHandle } from '../driver.ts'

/** One line of the journal. `v` is the version of the shape; a reader accepts this one only, since there is no other yet. */
export type JournalRecord =
  | { readonly v: 1; readonly kind: 'fence'; readonly fence: Fence }
  | { readonly v: 1; readonly kind: 'accepted'; readonly assignment: Assignment }
  | {
      readonly v: 1
      readonly kind: 'started'
      readonly ref: AttemptRef
      readonly handle: DriverHandle
      readonly atMs: UnixMs
    }
  | { readonly v: 1; readonly kind: 'final'; readonly report: FinalReport }
  | { readonly v: 1; readonly kind: 'settled'; readonly ref: AttemptRef; readonly atMs: UnixMs }
  | { readonly v: 1; readonly kind: 'forgotten'; readonly ref: AttemptRef }

/**
 * The keeper's memory of its attempts: an append-only list that survives the death of every process here.
 *
 * `durable` resolves when the record is on the disk itself; without it the record is written with the next group and survives the death
 * of the keeper, but not a power cut.
 */
export type Journal = {
  read(): readonly JournalRecord[]
  append(record: JournalRecord, how: 'durable' | 'grouped'): Promise<void>
  /** Replaces everything by `records`, which say the same in fewer words. */
  compact(records: readonly JournalRecord[]): Promise<void>
  /** How much has been appended since the last `compact`. */
  recordsSinceCompact(): number
}

export type JournalEntry = {
  readonly ref: AttemptRef
  /** Absent when only the end is remembered. */
  readonly assignment?: Assignment
  readonly handle: DriverHandle | null
  readonly startedAtMs: UnixMs | null
  readonly final: FinalReport | null
  readonly settledAtMs: UnixMs | null
}

export type JournalState = { readonly entries: Map<string, JournalEntry>; readonly fences: Map<string, Fence> }

/** What the records add up to. Pure; reading the records twice over gives the same. */
export function foldJournal(records: readonly JournalRecord[]): JournalState {
  const entries = new Map<string, JournalEntry>()
  const fences = new Map<string, Fence>()

  const change = (ref: AttemptRef, part: Partial<JournalEntry>) => {
    const known = entries.get(attemptKey(ref)) ?? {
      ref,
      handle: null,
      startedAtMs: null,
      final: null,
      settledAtMs: null,
    }
    entries.set(attemptKey(ref), { ...known, ...part })
  }
  for (const record of records) {
    switch (record.kind) {
      case 'fence':
        fences.set(record.fence.shard, record.fence)
        break
      case 'accepted':
        change(refOf(record.assignment), { assignment: record.assignment })
        break
      case 'started':
        change(record.ref, { handle: record.handle, startedAtMs: record.atMs })
        break
      case 'final':
        change(refOf(record.report), { final: record.report })
        break
      case 'settled':
        change(record.ref, { settledAtMs: record.atMs })
        break
      case 'forgotten':
        entries.delete(attemptKey(record.ref))
        break
      default:
        record satisfies never
    }
  }
  return { entries, fences }
}

/** The shortest list of records with the same meaning. */
export function unfoldJournal({ entries, fences }: JournalState): JournalRecord[] {
  const records: JournalRecord[] = [...fences.values()].map((fence) => ({ v: 1, kind: 'fence', fence }))
  for (const entry of entries.values()) {
    if (entry.assignment && !entry.final) records.push({ v: 1, kind: 'accepted', assignment: entry.assignment })
    if (entry.handle && entry.startedAtMs !== null && !entry.final)
      records.push({ v: 1, kind: 'started', ref: entry.ref, handle: entry.handle, atMs: entry.startedAtMs })
    if (entry.final) records.push({ v: 1, kind: 'final', report: entry.final })
    if (entry.settledAtMs !== null) records.push({ v: 1, kind: 'settled', ref: entry.ref, atMs: entry.settledAtMs })
  }
  return records
}

function refOf({ taskId, attempt }: AttemptRef): AttemptRef {
  return { taskId, attempt }
}
