import type { MonotonicMs, UnixMs } from '@quarterdeck/domain'
import { type Log, type Platform, seededRandom, type Timer } from '@quarterdeck/platform'

export type ManualPlatform = Platform & {
  /** Lets time pass: fires what is due, in order, and lets promises settle after each. */
  advance(ms: number): Promise<void>
}

type Due = { readonly atMs: number; readonly order: number; readonly act: () => void }

/** A platform whose time stands still until a test moves it. */
export function manualPlatform(seed = 1): ManualPlatform {
  let nowMs = 0
  let counter = 0
  const due = new Set<Due>()
  const after = (ms: number, act: () => void): Timer => {
    const entry = { atMs: nowMs + ms, order: counter++, act }
    due.add(entry)
    return { cancel: () => due.delete(entry) }
  }
  const quiet = () => {}
  const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet, with: () => log }
  return {
    clock: { monotonicMs: () => nowMs as MonotonicMs, unixMs: () => (1_000_000 + nowMs) as UnixMs },
    timers: {
      after,
      every(ms, act) {
        let timer: Timer
        const again = () => {
          timer = after(ms, again)
          act()
        }
        timer = after(ms, again)
        return { cancel: () => timer.cancel() }
      },
      soon: (act) => {
        after(0, act)
      },
    },
    random: seededRandom(seed),
    ids: { next: (prefix = 'id') => `${prefix}-${counter++}`, nonce: () => `nonce-${counter++}` },
    log,
    async advance(ms) {
      const untilMs = nowMs + ms
      await settle()
      for (;;) {
        const [next] = [...due]
          .filter(({ atMs }) => atMs <= untilMs)
          .sort((a, b) => a.atMs - b.atMs || a.order - b.order)
        if (!next) break
        due.delete(next)
        nowMs = Math.max(nowMs, next.atMs)
        next.act()
        await settle()
      }
      nowMs = untilMs
    },
  }
}

/** Enough turns for any chain of promises that waits for nothing else. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await Promise.resolve()
}
