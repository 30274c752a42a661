import type { Platform, Timer } from '@quarterdeck/platform'
import { soonOnce } from './soon-once.ts'

/** What a loop does again and again between its start and its stop. */
export type Repeating = {
  start(): void
  stop(): void
  /** Has it done once more soon, however often it is called until then. Nothing before the start and after the stop. */
  wake(): void
  isRunning(): boolean
}

export function repeating(platform: Pick<Platform, 'timers'>, everyMs: number, act: () => void): Repeating {
  let timer: Timer | null = null
  const soon = soonOnce(platform, () => {
    if (timer) act()
  })
  return {
    start() {
      timer ??= platform.timers.every(everyMs, act)
    },
    stop() {
      timer?.cancel()
      timer = null
    },
    wake() {
      if (timer) soon()
    },
    isRunning: () => timer !== null,
  }
}
