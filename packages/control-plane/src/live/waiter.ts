import type { Timers } from '@quarterdeck/platform'

/** One sleeper that can be woken: `wait` ends at `wake`, at the abort, or after `ms`, whichever comes first. A wake while awake is kept. */
export type Waiter = { wake(): void; wait(ms: number, signal: AbortSignal): Promise<void> }

export function createWaiter(timers: Timers): Waiter {
  let woken = false
  let resume: (() => void) | null = null
  return {
    wake() {
      woken = true
      resume?.()
    },
    async wait(ms, signal) {
      if (!woken && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const done = () => {
            timer.cancel()
            signal.removeEventListener('abort', done)
            resume = null
            resolve()
          }
          const timer = timers.after(ms, done)
          signal.addEventListener('abort', done, { once: true })
          resume = done
        })
      }
      woken = false
    },
  }
}
