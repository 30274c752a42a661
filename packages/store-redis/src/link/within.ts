import type { Timers } from '@quarterdeck/platform'

/** Rejects with what `tooLate` gives when the wait takes longer than `limitMs`. What comes later is dropped. */
export function within<Reply>(
  timers: Timers,
  waiting: Promise<Reply>,
  limitMs: number,
  tooLate: () => Error,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const timer = timers.after(limitMs, () => reject(tooLate()))
    waiting.then(resolve, reject).finally(() => timer.cancel())
  })
}
