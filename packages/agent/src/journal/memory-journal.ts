import type { Journal, JournalRecord } from './journal.ts'

/** A journal without a disk, for the simulator: `records` outlives the runner that wrote it, as a disk outlives a process. */
export function memoryJournal(records: JournalRecord[] = []): Journal {
  let sinceCompact = 0
  return {
    read: () => [...records],
    async append(record) {
      records.push(record)
      sinceCompact++
    },
    async compact(next) {
      records.splice(0, records.length, ...next)
      sinceCompact = 0
    },
    recordsSinceCompact: () => sinceCompact,
  }
}
