import type { Timers } from '@quarterdeck/platform'

/**
 * Rejects with what `tooLate` gives when the wait takes longer than `limitMs`. What comes later is dropped.
 *
 * When the limit has passed, the loop gets one more turn before anything is given up: after a stall of our own (a long collection, a
 * machine that stood still) the timer runs first, although the answer has long been in the socket.
 */
export function within<Reply>(
  timers: Timers,
  waiting: Promise<Reply>,
  limitMs: number,
  tooLate: () => Error,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let isSettled = false
    const giveUp = () => {
      if (!isSettled) reject(tooLate())
    }
    const timer = timers.after(limitMs, () => timers.soon(giveUp))
    const settle = () => {
      isSettled = true
      timer.cancel()
    }
    waiting.finally(settle).then(resolve, reject)
  })
}
