import { limits } from '@quarterdeck/domain'
import type { Timer } from '@quarterdeck/platform'
import type { Core } from '../core.ts'
import { collectExpired } from './collect.ts'
import { saveSnapshot } from './save-snapshot.ts'
import { trimFeed } from './trim-feed.ts'

const LOOK_EVERY_MS = 60_000

/** The leader's housekeeping: snapshots, the length of the feed, and what has served its time. Nothing waits for it. */
export function createRetentionLoop(core: Core): { start(): void; stop(): void } {
  let timer: Timer | null = null
  let isBusy = false
  let last: { readonly revision: number; readonly atMs: number } | null = null

  async function look(): Promise<void> {
    if (isBusy || core.leadership.fence() === null) return
    isBusy = true
    try {
      if (await isSnapshotDue()) {
        const revision = await saveSnapshot(core)
        if (revision !== null) last = { revision, atMs: core.platform.clock.monotonicMs() }
      }
      await trimFeed(core)
      await collectExpired(core)
    } catch (error) {
      core.platform.log.warn('housekeeping did not finish, the next round goes on', { because: String(error) })
    }
    isBusy = false
  }

  async function isSnapshotDue(): Promise<boolean> {
    const nowMs = core.platform.clock.monotonicMs()
    // A new leader does not know when the last one was made; its revision is known, and the clock starts now.
    last ??= { revision: Math.max(0, ...(await core.store.listSnapshots())), atMs: nowMs }
    const entries = core.cache.revision - last.revision
    return entries >= limits.snapshotEveryEntries || (entries > 0 && nowMs - last.atMs >= limits.snapshotEveryMs)
  }

  return {
    start() {
      timer = core.platform.timers.every(LOOK_EVERY_MS, () => void look())
      core.leadership.subscribe(({ leading }) => {
        if (!leading) last = null
      })
    },
    stop: () => timer?.cancel(),
  }
}
