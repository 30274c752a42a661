import { limits } from '@quarterdeck/domain'

/**
 * Slows down guessing: after 5 failures of one account from one address the wait doubles with each further failure, up to 15 minutes.
 * Nobody can lock somebody else out, because the wait is per account and address. Kept in this controller's memory.
 */
export type SignInBrake = {
  /** Milliseconds to wait before the next try; 0 = now. */
  waitMs(userId: string, address: string, nowMs: number): number
  failed(userId: string, address: string, nowMs: number): void
  succeeded(userId: string, address: string): void
}

const WAIT_MS_MAX = 15 * 60_000
const ENTRIES_MAX = 10_000

export function signInBrake(): SignInBrake {
  const entries = new Map<string, { failures: number; untilMs: number }>()
  const key = (userId: string, address: string) => `${userId} ${address}`
  return {
    waitMs(userId, address, nowMs) {
      const entry = entries.get(key(userId, address))
      return entry ? Math.max(0, entry.untilMs - nowMs) : 0
    },
    failed(userId, address, nowMs) {
      const name = key(userId, address)
      const failures = (entries.get(name)?.failures ?? 0) + 1
      const over = failures - limits.signInFailuresBeforeDelay
      const waitMs = over < 0 ? 0 : Math.min(WAIT_MS_MAX, 1_000 * 2 ** over)
      entries.delete(name)
      entries.set(name, { failures, untilMs: nowMs + waitMs })
      // Oldest first out: a flood of made-up names must not fill the memory.
      const oldest = entries.keys().next()
      if (entries.size > ENTRIES_MAX && !oldest.done) entries.delete(oldest.value)
    },
    succeeded(userId, address) {
      entries.delete(key(userId, address))
    },
  }
}
