import { formatDuration, type HealthCheck, limits, type MonotonicMs } from '@quarterdeck/domain'
import type { Assignment } from '@quarterdeck/domain/wire'
import type { Platform, Timer } from '@quarterdeck/platform'

export type HealthVerdict = { readonly healthy: boolean; readonly because: string }

/** Asks once whether an attempt works. Settles within the timeout of the check, never rejects. */
export type HealthProbe = (assignment: Assignment, check: HealthCheck) => Promise<HealthVerdict>

/** Until the first good answer, so that an update does not wait for a whole interval. */
const firstLooksEveryMs = 500

/**
 * Asks an attempt again and again whether it works, one question at a time, and tells when the answer changes: healthy at the first
 * success, unhealthy after `retries` failures in a row. Failures of the start period do not count until it has once been healthy.
 */
export class HealthWatch {
  readonly #platform: Platform
  readonly #check: HealthCheck
  readonly #ask: () => Promise<HealthVerdict>
  readonly #onChange: (verdict: HealthVerdict) => void
  readonly #startedAtMs: MonotonicMs
  #told: boolean | null = null
  #failures = 0
  #timer: Timer | null = null
  #isClosed = false

  constructor(parts: {
    readonly platform: Platform
    readonly check: HealthCheck
    readonly ask: () => Promise<HealthVerdict>
    readonly onChange: (verdict: HealthVerdict) => void
  }) {
    this.#platform = parts.platform
    this.#check = parts.check
    this.#ask = parts.ask
    this.#onChange = parts.onChange
    this.#startedAtMs = parts.platform.clock.monotonicMs()
    this.#later()
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
  }

  #later(): void {
    const { intervalMs } = this.#check
    const ms = this.#told === null && this.#isStarting() ? Math.min(intervalMs, firstLooksEveryMs) : intervalMs
    this.#timer = this.#platform.timers.after(ms, () => void this.#look())
  }

  #isStarting(): boolean {
    return this.#platform.clock.monotonicMs() - this.#startedAtMs < this.#check.startPeriodMs
  }

  async #look(): Promise<void> {
    const verdict = await this.#ask()
    // It ended meanwhile: what was asked of it says nothing.
    if (this.#isClosed) return
    if (verdict.healthy) this.#onSuccess(verdict)
    else this.#onFailure(verdict)
    this.#later()
  }

  #onSuccess(verdict: HealthVerdict): void {
    this.#failures = 0
    this.#tell(verdict)
  }

  #onFailure({ because }: HealthVerdict): void {
    if (this.#told === null && this.#isStarting()) return
    this.#failures++
    if (this.#failures < this.#check.retries) return
    const times =
      this.#failures === 1 ? '' : ` (${this.#failures} times, every ${formatDuration(this.#check.intervalMs)})`
    this.#tell({ healthy: false, because: `${because}${times}` })
  }

  #tell({ healthy, because }: HealthVerdict): void {
    if (this.#told === healthy) return
    this.#told = healthy
    this.#onChange({ healthy, because: because.slice(0, limits.reasonLengthMax) })
  }
}
