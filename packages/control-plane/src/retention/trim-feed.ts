import { limits } from '@quarterdeck/domain'
import type { Core } from '../core.ts'

/**
 * Removes the oldest feed entries: at least 200,000 and at least 24 h of them stay, and never is one removed that no snapshot covers.
 *
 * @returns how many were removed
 */
export async function trimFeed(core: Core): Promise<number> {
  const snapshots = await core.store.listSnapshots()
  const newestSnapshot = Math.max(0, ...snapshots)
  const through = Math.min(core.cache.revision - limits.feedEntriesKept, newestSnapshot)
  if (through <= 0) return 0

  // The entry that would be the newest one removed tells by its age whether all of them are old enough.
  const page = await core.store.readFeed(through - 1, 1, 0)
  const [entry] = page.status === 'entries' ? page.entries : []
  if (!entry || core.platform.clock.unixMs() - entry.meta.atMs < limits.feedAgeMsKept) return 0
  return await core.store.trimFeed(through)
}
