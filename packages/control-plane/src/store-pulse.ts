import type { Platform, Timer } from '@quarterdeck/platform'
import type { Store } from '@quarterdeck/store'

const PING_EVERY_MS = 1_000

/** Whether the store answers, and how fast. */
export type StorePulse = {
  start(): void
  stop(): void
  /** Of the last ping; null while the store is away. */
  roundTripMs(): number | null
  isAway(): boolean
  /** How long the ping that is under way waits already; 0 when none is. A hanging store shows here first. */
  waitingMs(): number
}

export function createStorePulse(platform: Platform, store: Store): StorePulse {
  let timer: Timer | null = null
  let lastMs: number | null = null
  let away = false
  let sentAtMs: number | null = null

  async function ping(): Promise<void> {
    if (sentAtMs !== null) return
    sentAtMs = platform.clock.monotonicMs()
    try {
      lastMs = await store.ping()
      away = false
    } catch {
      lastMs = null
      away = true
    }
    sentAtMs = null
  }

  return {
    start() {
      void ping()
      timer = platform.timers.every(PING_EVERY_MS, () => void ping())
    },
    stop: () => timer?.cancel(),
    roundTripMs: () => lastMs,
    isAway: () => away,
    waitingMs: () => (sentAtMs === null ? 0 : platform.clock.monotonicMs() - sentAtMs),
  }
}
