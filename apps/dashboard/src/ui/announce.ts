/**
 * The two live regions of the app. The polite one speaks at most once in 5 seconds and folds what came in between; the urgent one is for
 * a lost connection, a refused action and an ended session.
 */
const POLITE_EVERY_MS = 5_000

type Listener = (text: string) => void

class LiveRegion {
  private readonly listeners = new Set<Listener>()
  private waiting: string[] = []
  private timer: ReturnType<typeof setTimeout> | null = null
  private spokenAt = Number.NEGATIVE_INFINITY
  private readonly everyMs: number

  constructor(everyMs: number) {
    this.everyMs = everyMs
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  say(text: string): void {
    this.waiting.push(text)
    if (this.timer) return
    const waitMs = Math.max(0, this.spokenAt + this.everyMs - performance.now())
    this.timer = setTimeout(() => {
      this.timer = null
      this.spokenAt = performance.now()
      const texts = this.waiting
      this.waiting = []
      const folded = texts.length <= 3 ? texts.join(' ') : `${texts.at(-1)} And ${texts.length - 1} more changes.`
      for (const listener of this.listeners) listener(folded)
    }, waitMs)
  }
}

export const politeRegion = new LiveRegion(POLITE_EVERY_MS)
export const urgentRegion = new LiveRegion(0)

/** Said to screen readers when they are idle. */
export function announce(text: string): void {
  politeRegion.say(text)
}

/** Said to screen readers at once. */
export function alarm(text: string): void {
  urgentRegion.say(text)
}
