import type { Journal, JournalRecord } from '@quarterdeck/agent'
import type { SimProcess } from '../world/sim-process.ts'

/** The disk of one machine, as far as the journal goes: outlives processes, and loses what was not forced onto it when the power goes. */
export type JournalDisk = {
  records: JournalRecord[]
  /** So many of them survive a power cut. */
  syncedCount: number
}

export function newJournalDisk(): JournalDisk {
  return { records: [], syncedCount: 0 }
}

/** The machine lost its power: what stood only in the page cache is gone. */
export function cutPower(disk: JournalDisk): void {
  disk.records.length = disk.syncedCount
}

const GROUP_MS = 2
const FSYNC_MS_MAX = 8

/** The journal of one life of a keeper. What waits for its group dies with the process. */
export function openJournal(disk: JournalDisk, { platform }: SimProcess): Journal {
  let waiting: { readonly record: JournalRecord; readonly resolve: () => void; readonly isDurable: boolean }[] = []
  let isScheduled = false
  let sinceCompact = 0

  const write = () => {
    isScheduled = false
    const group = waiting
    waiting = []
    for (const { record } of group) disk.records.push(record)
    for (const { isDurable, resolve } of group) if (!isDurable) resolve()
    const durable = group.filter(({ isDurable }) => isDurable)
    if (durable.length === 0) return
    const writtenCount = disk.records.length
    platform.timers.after(platform.random.next() * FSYNC_MS_MAX, () => {
      disk.syncedCount = Math.max(disk.syncedCount, Math.min(writtenCount, disk.records.length))
      for (const { resolve } of durable) resolve()
    })
  }

  return {
    read: () => [...disk.records],
    append(record, how) {
      sinceCompact += 1
      return new Promise((resolve) => {
        waiting.push({ record, resolve, isDurable: how === 'durable' })
        if (isScheduled) return
        isScheduled = true
        platform.timers.after(GROUP_MS, write)
      })
    },
    async compact(records) {
      disk.records = [...records]
      disk.syncedCount = records.length
      sinceCompact = 0
    },
    recordsSinceCompact: () => sinceCompact,
  }
}
