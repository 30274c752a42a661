import type { Platform, Timer } from '@quarterdeck/platform'

const LOOK_EVERY_MS = 100
/** Enough for 10 s. */
const LOOKS_KEPT = 100

/** Measures how late this process's own timers run. A late loop looks from inside as if everybody else had fallen silent. */
export type LoopWatch = {
  start(): void
  stop(): void
  /** Worst delay of about the last `overMs`, milliseconds. */
  lagMs(overMs: number): number
  /** Calls back after a look that came `stallMs` or more too late, with how late it was. */
  onStall(listener: (lateMs: number) => void): void
}

export function createLoopWatch(platform: Platform, stallMs: number): LoopWatch {
  const lags: number[] = []
  const listeners: ((lateMs: number) => void)[] = []
  let timer: Timer | null = null
  let expectedMs = 0

  function look(): void {
    const nowMs = platform.clock.monotonicMs()
    const lateMs = Math.max(0, nowMs - expectedMs)
    lags.push(lateMs)
    if (lags.length > LOOKS_KEPT) lags.shift()
    schedule()
    if (lateMs >= stallMs) for (const listener of listeners) listener(lateMs)
  }

  function schedule(): void {
    expectedMs = platform.clock.monotonicMs() + LOOK_EVERY_MS
    timer = platform.timers.after(LOOK_EVERY_MS, look)
  }

  return {
    start: schedule,
    stop: () => timer?.cancel(),
    lagMs: (overMs) => Math.max(0, ...lags.slice(-Math.ceil(overMs / LOOK_EVERY_MS))),
    onStall: (listener) => {
      listeners.push(listener)
    },
  }
}
