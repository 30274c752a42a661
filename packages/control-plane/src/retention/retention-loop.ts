import { retainHistory } from '@quarterdeck/store'
import type { Core } from '../core.ts'
import { repeating } from '../work-loops/repeating.ts'
import { collectExpired } from './collect.ts'

const LOOK_EVERY_MS = 60_000

/** The leader's housekeeping: snapshots, the length of the feed, and what has served its time. Nothing waits for it. */
export function createRetentionLoop(core: Core): { start(): void; stop(): void } {
  const looking = repeating(core.platform, LOOK_EVERY_MS, () => void look())
  let isBusy = false

  async function look(): Promise<void> {
    if (isBusy || core.leadership.fence() === null) return
    isBusy = true
    try {
      await retainHistory(core)
      await collectExpired(core)
    } catch (error) {
      core.platform.log.warn('housekeeping did not finish, the next round goes on', { because: String(error) })
    }
    isBusy = false
  }

  return {
    start: looking.start,
    stop: looking.stop,
  }
}
