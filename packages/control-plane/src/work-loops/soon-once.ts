import type { Platform } from '@quarterdeck/platform'

/** A function that has `act` run soon, once, however often it is called until then. */
export function soonOnce({ timers }: Pick<Platform, 'timers'>, act: () => void): () => void {
  let isScheduled = false
  return () => {
    if (isScheduled) return
    isScheduled = true
    timers.soon(() => {
      isScheduled = false
      act()
    })
  }
}
