import { sleep, type Timers } from '@quarterdeck/platform'

/** Waits for `work`, but no longer than `ms`. A failure of `work` counts as its end. */
export async function atMost(timers: Timers, ms: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work.catch(() => undefined), sleep(timers, ms)])
}

/** Waits until `holds`, but no longer than `ms`. */
export async function eventually(timers: Timers, ms: number, holds: () => boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < ms && !holds(); waitedMs += 50) await sleep(timers, 50)
}
