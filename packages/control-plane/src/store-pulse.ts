import type { Platform } from '@quarterdeck/platform'
import type { Store } from '@quarterdeck/store'
import { repeating } from './work-loops/repeating.ts'

const PING_EVERY_MS = 1_000
/** A ping that waits this long for its answer counts as none. */
const STUCK_MS = 2_000

/** Whether the store answers, and how fast. */
export type StorePulse = {
  start(): void
  stop(): void
  /** Of the last ping; null while the store is away. */
  roundTripMs(): number | null
  isAway(): boolean
}

export function createStorePulse(platform: Platform, store: Store): StorePulse {
  const looking = repeating(platform, PING_EVERY_MS, () => void ping())
  let lastMs: number | null = null
  let hasFailed = false
  let sentAtMs: number | null = null

  async function ping(): Promise<void> {
    if (sentAtMs !== null) return
    sentAtMs = platform.clock.monotonicMs()
    try {
      lastMs = await store.ping()
      hasFailed = false
    } catch {
      hasFailed = true
    }
    sentAtMs = null
  }

  function isAway(): boolean {
    const isStuck = sentAtMs !== null && platform.clock.monotonicMs() - sentAtMs >= STUCK_MS
    return hasFailed || isStuck
  }

  return {
    start() {
      void ping()
      looking.start()
    },
    stop: looking.stop,
    roundTripMs: () => (isAway() ? null : lastMs),
    isAway,
  }
}
