import type { Exit, MonotonicMs, UnixMs } from '@quarterdeck/domain'
import type { Assignment, HeldAttempt, Report } from '@quarterdeck/domain/wire'
import type { Platform } from '@quarterdeck/platform'
import type { AttemptRef, EndedReport } from '../attempt.ts'
import type { AttemptLogs } from '../attempt-logs.ts'
import type { Driver, DriverEvents, DriverExit, DriverHandle } from '../driver.ts'
import { type HealthProbe, HealthWatch } from '../health/health-watch.ts'
import { UsageWatch } from '../health/usage-watch.ts'
import type { Confirmation } from '../host.ts'
import type { Journal, JournalRecord } from '../journal/journal.ts'
import { NamedTimers } from './named-timers.ts'
import { lostSightOf, neverRan, shortened, timeoutSentence } from './sentences.ts'

/** Until the first beat of this life is answered an exclusive attempt may go on for this long. */
const exclusiveStopAfterMsDefault = 15_000
const progressTextLengthMax = 200
/** An attempt that ends sooner is told of once, by its end, which says when it began: two messages and one write less for each. */
const earlyWordMs = 20

export type RunningAttemptParts = {
  readonly platform: Platform
  readonly journal: Journal
  readonly logs: AttemptLogs
  readonly driver: Driver
  readonly assignment: Assignment
  readonly confirmation: Confirmation | null
  /** Absent where nothing can be asked: then no health is reported. */
  readonly probeHealth?: HealthProbe
  readonly onReport: (report: Report) => void
  readonly onEnd: (report: EndedReport) => void
}

type Timeout = NonNullable<Exit['timedOut']>

/** One attempt from `accepted` to `ended`: writes it down before it acts, keeps its timeouts, and stops it step by step. */
export class RunningAttempt {
  readonly assignment: Assignment
  /** Settles when it has ended and its end is written down. */
  readonly ended: Promise<void>
  readonly #parts: RunningAttemptParts
  readonly #ref: AttemptRef
  readonly #timers: NamedTimers<Timeout | 'kill' | 'exclusive' | 'early-word'>
  #state: HeldAttempt['state'] = 'accepted'
  #startedAtMs: UnixMs | null = null
  #handle: DriverHandle | null = null
  #latest: Report
  /** The stage that was last told by itself. */
  #told: Report
  #final: EndedReport | null = null
  #health: HealthWatch | null = null
  #latestHealth: Report | null = null
  #usage: UsageWatch | null = null
  #latestMeasured: Report | null = null
  #timedOut: Timeout | null = null
  #stopBecause: string | null = null
  /** The agent goes, and takes the attempt with it. */
  #isLeaving = false
  #killAtMs: MonotonicMs | null = null
  #activeAtMs: MonotonicMs
  #resolveEnded: () => void = () => {}

  constructor(parts: RunningAttemptParts) {
    const { taskId, attempt } = parts.assignment
    this.#parts = parts
    this.assignment = parts.assignment
    this.#ref = { taskId, attempt }
    this.#timers = new NamedTimers(parts.platform.timers)
    this.#latest = { kind: 'accepted', ...this.#ref }
    this.#told = this.#latest
    this.#activeAtMs = parts.platform.clock.monotonicMs()
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
    this.#watchConfirmation(parts.confirmation)
  }

  /** Takes the attempt on and starts it. `fenced` settles when the order's fence is on disk, which must come first. */
  async begin(fenced: Promise<void> | undefined): Promise<void> {
    const { driver, journal, assignment, platform } = this.#parts
    try {
      const accepted = journal.append({ v: 1, kind: 'accepted', assignment }, this.#durability())
      await fenced
      await accepted
      this.#say({ kind: 'accepted', ...this.#ref })
      this.#watch('start', assignment.timeouts.startMs)

      const prepared = await driver.prepare(assignment)
      if (!prepared.ok) return await this.#end(neverRan(prepared.because))
      if (this.#stopBecause) return await this.#end(neverRan(this.#stopBecause))

      const started = await driver.start(assignment, this.#events())
      if (!started.ok) return await this.#end(neverRan(started.because))
      this.#onStarted(started.value, platform.clock.unixMs())
      await journal.append(
        { v: 1, kind: 'started', ref: this.#ref, handle: started.value, atMs: platform.clock.unixMs() },
        'grouped',
      )
      await this.#end(await driver.wait(this.#ref))
    } catch (cause) {
      await this.#break(cause)
    }
  }

  /** Goes on with an attempt of an earlier life of the keeper, or reports what became of it. */
  async recover(found: { readonly handle: DriverHandle | null; readonly startedAtMs: UnixMs | null }): Promise<void> {
    const { driver, assignment, platform } = this.#parts
    const outcome = await driver.recover(assignment, found.handle, this.#events())
    this.#startedAtMs = found.startedAtMs
    if (outcome === 'gone') return this.#end(lostSightOf(found.handle))

    this.#handle = found.handle
    this.#onStarted(found.handle ?? {}, found.startedAtMs ?? platform.clock.unixMs())
    // When the node was last confirmed is not known any more, and the cluster may already run it elsewhere.
    if (assignment.policy === 'exclusive')
      this.stop(0, 'Stopped after a restart of the keeper: it is exclusive and may run elsewhere by now.')
    driver.wait(this.#ref).then(
      (exit) => this.#end(exit),
      (cause: unknown) => this.#break(cause),
    )
  }

  /** Ends with the agent that was asked to stop; the task did nothing wrong. A stop that was asked for before stays what it was. */
  leave(because: string): void {
    this.#isLeaving = this.#stopBecause === null && this.#final === null
    this.stop(this.assignment.graceMs, because)
  }

  stop(graceMs: number, because: string): void {
    if (this.#final) return
    this.#stopBecause ??= because
    // Not started yet: the driver gives up waiting, or `begin` notices before it starts.
    if (this.#state === 'accepted') {
      void this.#signal('kill')
      return
    }
    this.#state = 'stopping'
    this.#health?.close()
    if (this.#killAtMs === null && graceMs > 0) void this.#signal('ask')

    const killAtMs = (this.#parts.platform.clock.monotonicMs() + graceMs) as MonotonicMs
    // A later order may shorten the grace of an earlier one, never lengthen it.
    if (this.#killAtMs !== null && this.#killAtMs <= killAtMs) return
    this.#killAtMs = killAtMs
    this.#timers.set('kill', graceMs, () => void this.#signal('kill'))
  }

  confirm(confirmation: Confirmation): void {
    this.#watchConfirmation(confirmation)
  }

  view(): HeldAttempt {
    return { ...this.#ref, state: this.#state, startedAtMs: this.#startedAtMs }
  }

  latestReport(): Report {
    return this.#latest
  }

  /** What the health check said last; null while it has said nothing. */
  latestHealth(): Report | null {
    return this.#latestHealth
  }

  /** What it was last found to use; null while it was not measured. */
  latestMeasured(): Report | null {
    return this.#latestMeasured
  }

  /** What the journal must hold about it. */
  records(): JournalRecord[] {
    const records: JournalRecord[] = [{ v: 1, kind: 'accepted', assignment: this.assignment }]
    if (this.#handle && this.#startedAtMs !== null)
      records.push({ v: 1, kind: 'started', ref: this.#ref, handle: this.#handle, atMs: this.#startedAtMs })
    if (this.#final) records.push({ v: 1, kind: 'final', report: this.#final })
    return records
  }

  #onStarted(handle: DriverHandle, atMs: UnixMs): void {
    const { timeouts } = this.assignment
    this.#handle = handle
    this.#state = 'running'
    this.#startedAtMs = atMs
    this.#timers.clear('start')
    this.#say({ kind: 'started', ...this.#ref, atMs })
    this.#watch('run', timeouts.runMs)
    this.#watchProgress()
    this.#watchHealth()
    this.#watchUsage()
    if (this.#stopBecause) this.stop(this.#timedOut ? this.assignment.graceMs : 0, this.#stopBecause)
  }

  #events(): DriverEvents {
    const { clock } = this.#parts.platform
    return {
      onActivity: () => {
        this.#activeAtMs = clock.monotonicMs()
      },
      onProgress: ({ share, text }) => {
        this.#activeAtMs = clock.monotonicMs()
        this.#tellStage()
        this.#parts.onReport({
          kind: 'progress',
          ...this.#ref,
          share,
          text: text.slice(0, progressTextLengthMax),
          atMs: clock.unixMs(),
        })
      },
    }
  }

  #watch(timeout: 'start' | 'run', ms: number | null): void {
    if (ms !== null) this.#timers.set(timeout, ms, () => this.#onTimeout(timeout, ms))
  }

  #watchHealth(): void {
    const { platform, assignment, probeHealth } = this.#parts
    const check = assignment.health
    if (!check || !probeHealth) return
    this.#health = new HealthWatch({
      platform,
      check,
      ask: () => probeHealth(assignment, check),
      onChange: (verdict) => {
        this.#latestHealth = { kind: 'health', ...this.#ref, ...verdict, atMs: platform.clock.unixMs() }
        this.#parts.onReport(this.#latestHealth)
      },
    })
  }

  #watchUsage(): void {
    const { platform, assignment, driver } = this.#parts
    if (assignment.measureEveryMs === undefined || !driver.measure) return
    this.#usage = new UsageWatch({
      platform,
      everyMs: assignment.measureEveryMs,
      measure: async () => (await driver.measure?.(this.#ref)) ?? null,
      onChange: (amounts) => {
        if (this.#final) return
        const report: Report = { kind: 'measured', ...this.#ref, ...amounts, atMs: platform.clock.unixMs() }
        this.#latestMeasured = report
        this.#parts.onReport(report)
      },
    })
  }

  #watchProgress(): void {
    const { progressMs } = this.assignment.timeouts
    if (progressMs === null) return
    const silentMs = this.#parts.platform.clock.monotonicMs() - this.#activeAtMs
    if (silentMs >= progressMs) this.#onTimeout('progress', progressMs)
    else this.#timers.set('progress', progressMs - silentMs, () => this.#watchProgress())
  }

  #onTimeout(timeout: Timeout, ms: number): void {
    if (this.#stopBecause) return
    this.#timedOut = timeout
    this.stop(this.assignment.graceMs, timeoutSentence(timeout, ms))
  }

  #watchConfirmation(confirmation: Confirmation | null): void {
    if (this.assignment.policy !== 'exclusive') return
    const nowMs = this.#parts.platform.clock.monotonicMs()
    const { sentAtMs, stopAfterMs } = confirmation ?? { sentAtMs: nowMs, stopAfterMs: exclusiveStopAfterMsDefault }
    const leftMs = Math.max(0, sentAtMs + stopAfterMs - nowMs)
    this.#timers.set('exclusive', leftMs, () =>
      this.stop(
        this.assignment.graceMs,
        `Stopped by this node: no controller confirmed it for ${stopAfterMs} ms, and it is exclusive.`,
      ),
    )
  }

  async #signal(how: 'ask' | 'kill'): Promise<void> {
    try {
      await this.#parts.driver.stop(this.#ref, how)
    } catch (cause) {
      this.#parts.platform.log.error('A stop did not work', { ...this.#ref, how, because: String(cause) })
    }
  }

  async #end({ exit, usage, value }: DriverExit): Promise<void> {
    const { platform, journal, logs, driver } = this.#parts
    this.#timers.clearAll()
    this.#health?.close()
    this.#usage?.close()
    this.#latestHealth = null
    this.#latestMeasured = null
    // Whatever the disk does, the end is told.
    const { tail, bytesTotal } = await logs.finish(this.#ref).catch((cause: unknown) => {
      platform.log.error('The output of an attempt cannot be read', { ...this.#ref, because: String(cause) })
      return { tail: [], bytesTotal: 0 }
    })
    this.#final = {
      kind: 'ended',
      ...this.#ref,
      startedAtMs: this.#startedAtMs,
      endedAtMs: platform.clock.unixMs(),
      exit: { ...exit, error: shortened(exit.error ?? this.#stopBecause), timedOut: this.#timedOut },
      ...(this.#isLeaving ? { left: true } : {}),
      usage,
      ...(value === undefined ? {} : { value }),
      logTail: tail,
      logBytesTotal: bytesTotal,
    }
    this.#state = 'ended'
    await journal
      .append({ v: 1, kind: 'final', report: this.#final }, this.#durability())
      .catch((cause: unknown) => platform.log.error('An end is not on disk', { ...this.#ref, because: String(cause) }))
    this.#parts.onEnd(this.#final)
    this.#resolveEnded()
    await driver.remove(this.#ref).catch((cause: unknown) => {
      platform.log.warn('Could not tidy up after an attempt', { ...this.#ref, because: String(cause) })
    })
  }

  /** A bug or a broken disk: kill what may run, and say so. */
  async #break(cause: unknown): Promise<void> {
    this.#parts.platform.log.error('An attempt broke inside the agent', { ...this.#ref, because: String(cause) })
    if (this.#final) return
    await this.#signal('kill')
    await this.#end(neverRan(`The agent could not go on with it: ${String(cause)}`))
  }

  /**
   * Work that may be run again needs no disk write of its own: it survives the death of the keeper in the page cache, and after a power
   * cut the cluster runs it again anyway. For programs the record is what finds their processes, so they wait for the disk.
   */
  #durability(): 'durable' | 'grouped' {
    return this.assignment.driver === 'handler' && this.assignment.policy === 'at-least-once' ? 'grouped' : 'durable'
  }

  /** Told a moment later, and then only the latest; who asks meanwhile is told what is true now. */
  #say(report: Report): void {
    const isWaiting = this.#latest !== this.#told
    this.#latest = report
    if (!isWaiting) this.#timers.set('early-word', earlyWordMs, () => this.#tellStage())
  }

  #tellStage(): void {
    if (this.#latest === this.#told) return
    this.#timers.clear('early-word')
    this.#told = this.#latest
    this.#parts.onReport(this.#latest)
  }
}
