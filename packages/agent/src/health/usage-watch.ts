import type { Measured, MonotonicMs } from '@quarterdeck/domain'
import type { Platform, Timer } from '@quarterdeck/platform'
import type { UsageNow } from '../driver.ts'

type Amounts = Pick<Measured, 'cpuMillis' | 'memoryBytes'>

/** Below these a change is noise; told changes are written to the store, so that noise would cost a write each. */
const cpuMillisNoise = 20
const memoryBytesNoise = 8 * 1024 * 1024
const noiseShare = 0.05

type UsageWatchParts = {
  readonly platform: Platform
  readonly everyMs: number
  readonly measure: () => Promise<UsageNow | null>
  readonly onChange: (amounts: Amounts) => void
}

/** Measures a running attempt again and again and tells what it uses when that changed by more than noise. */
export class UsageWatch {
  readonly #parts: UsageWatchParts
  readonly #timer: Timer
  #last: (UsageNow & { readonly atMs: MonotonicMs }) | null = null
  #told: Amounts | null = null
  #isMeasuring = false
  #isClosed = false

  constructor(parts: UsageWatchParts) {
    this.#parts = parts
    this.#timer = parts.platform.timers.every(parts.everyMs, () => void this.#look())
    void this.#look()
  }

  close(): void {
    this.#isClosed = true
    this.#timer.cancel()
  }

  async #look(): Promise<void> {
    if (this.#isMeasuring) return
    this.#isMeasuring = true
    const now = await this.#parts.measure().catch(() => null)
    const last = this.#last
    const atMs = this.#parts.platform.clock.monotonicMs()
    this.#last = now && { ...now, atMs }
    this.#isMeasuring = false
    if (this.#isClosed || !now || !last || atMs <= last.atMs) return
    // One of its processes ended and took its count with it: the next interval says more.
    if (now.cpuMs < last.cpuMs) return
    const cpuMillis = Math.round(((now.cpuMs - last.cpuMs) / (atMs - last.atMs)) * 1_000)
    const amounts = { cpuMillis, memoryBytes: now.memoryBytes }
    if (this.#told && !hasMoved(this.#told, amounts)) return
    this.#told = amounts
    this.#parts.onChange(amounts)
  }
}

function hasMoved(told: Amounts, now: Amounts): boolean {
  const differs = (before: number | null, after: number | null, noise: number) =>
    Math.abs((after ?? 0) - (before ?? 0)) > Math.max(noise, noiseShare * (before ?? 0))
  return (
    differs(told.cpuMillis, now.cpuMillis, cpuMillisNoise) ||
    differs(told.memoryBytes, now.memoryBytes, memoryBytesNoise)
  )
}
