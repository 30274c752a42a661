import type { Timer, Timers } from '@quarterdeck/platform'

/** A timer of Node takes 31 bits; a longer one would fire at once. */
const timerMsMax = 2 ** 31 - 1

/** One timer per name: setting it again moves it. Takes any length, 30 days included. */
export class NamedTimers<Name extends string> {
  readonly #timers: Timers
  readonly #set = new Map<Name, Timer>()

  constructor(timers: Timers) {
    this.#timers = timers
  }

  set(name: Name, ms: number, act: () => void): void {
    this.clear(name)
    const nextMs = Math.min(ms, timerMsMax)
    const onTime = () => (nextMs < ms ? this.set(name, ms - nextMs, act) : act())
    this.#set.set(name, this.#timers.after(nextMs, onTime))
  }

  clear(name: Name): void {
    this.#set.get(name)?.cancel()
    this.#set.delete(name)
  }

  clearAll(): void {
    for (const timer of this.#set.values()) timer.cancel()
    this.#set.clear()
  }
}
