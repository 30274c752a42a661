import type { Capacity, UnixMs } from '@quarterdeck/domain'
import type { Assignment, Fence, HeldAttempt, Report } from '@quarterdeck/domain/wire'
import type { Platform } from '@quarterdeck/platform'
import { type AttemptRef, attemptKey, type FinalReport } from '../attempt.ts'
import type { AttemptLogs } from '../attempt-logs.ts'
import type { Driver } from '../driver.ts'
import type { AttemptHost, Confirmation, HostAbilities, RoleOrder, StopOrder } from '../host.ts'
import { foldJournal, type Journal, type JournalRecord, unfoldJournal } from '../journal/journal.ts'
import { type Refusal, refuse } from './admission.ts'
import { judgeFence } from './fence.ts'
import { RunningAttempt } from './running-attempt.ts'

/** Finished attempts stay known this long after the cluster stored them, so that a late order for one cannot start it again. */
export const settledKeptMs = 10 * 60_000
/** And no more of them than this, oldest first out: at thousands of handler calls a second ten minutes would not fit into memory. */
export const settledKeptMax = 10_000
const sweepEveryMs = 5_000
const compactAfterRecords = 50_000

export type RunnerParts = {
  readonly platform: Platform
  readonly journal: Journal
  readonly drivers: readonly Driver[]
  readonly logs: AttemptLogs
  readonly capacity: Capacity
  readonly isolation: HostAbilities['isolation']
  /** The policy of the machine's owner: null, or one sentence why not. */
  readonly forbids: (assignment: Assignment) => string | null
  readonly setRole: (order: RoleOrder) => void
}

type Finished = { readonly ref: AttemptRef; readonly report: FinalReport; readonly settledAtMs: UnixMs | null }

/**
 * Runs the attempts of one node and remembers them in a journal: the part of an agent that must not die with its connection.
 *
 * An attempt is written down before it starts and again when it ends, its report is repeated until the cluster has stored it, and it is
 * never started twice, however often the order comes.
 */
export class Runner implements AttemptHost {
  readonly #parts: RunnerParts
  readonly #running = new Map<string, RunningAttempt>()
  readonly #finished = new Map<string, Finished>()
  /** Keys of `#finished` that are settled, oldest first. */
  readonly #settled = new Set<string>()
  readonly #fences = new Map<string, Fence>()
  readonly #listeners = new Set<(report: Report) => void>()
  readonly #load = { tasks: 0, cpuMillis: 0, memoryBytes: 0 }
  #confirmation: Confirmation | null = null
  #sweep: { cancel(): void } | null = null
  #leaving = false

  constructor(parts: RunnerParts) {
    this.#parts = parts
  }

  /** Reads the journal and finds out what became of each attempt. Nothing is reported, and no order taken, before this has ended. */
  async recover(): Promise<void> {
    const state = foldJournal(this.#parts.journal.read())
    for (const [shard, fence] of state.fences) this.#fences.set(shard, fence)
    await this.#parts.journal.compact(unfoldJournal(state))

    for (const [key, entry] of state.entries) {
      if (entry.final) {
        this.#finished.set(key, { ref: entry.ref, report: entry.final, settledAtMs: entry.settledAtMs })
        if (entry.settledAtMs !== null) this.#settled.add(key)
        continue
      }
      const driver = entry.assignment && this.#driver(entry.assignment)
      if (!entry.assignment || !driver) continue
      await this.#hold(entry.assignment, driver).recover({ handle: entry.handle, startedAtMs: entry.startedAtMs })
    }
    this.#sweep = this.#parts.platform.timers.every(sweepEveryMs, () => this.#forgetOld())
  }

  held(): readonly HeldAttempt[] {
    const held: HeldAttempt[] = []
    for (const attempt of this.#running.values()) held.push(attempt.view())
    for (const { report, settledAtMs } of this.#finished.values()) {
      if (settledAtMs !== null || report.kind !== 'ended') continue
      held.push({ taskId: report.taskId, attempt: report.attempt, state: 'ended', startedAtMs: report.startedAtMs })
    }
    return held
  }

  fences(): readonly Fence[] {
    return [...this.#fences.values()]
  }

  abilities(): HostAbilities {
    const prints = this.#parts.drivers.map((driver) => ({ name: driver.name, print: driver.fingerprint() }))
    return {
      isolation: this.#parts.isolation,
      drivers: prints.filter(({ print }) => print.unavailable === null).map(({ name }) => name),
      handlers: prints.flatMap(({ print }) => print.handlers),
    }
  }

  run(assignment: Assignment): void {
    const key = attemptKey(assignment)
    const known = this.#finished.get(key)?.report ?? this.#running.get(key)?.latestReport()
    if (known) {
      this.#tell(known)
      return
    }
    const verdict = judgeFence(this.#fences.get(assignment.fence.shard), assignment.fence)
    const driver = this.#driver(assignment)
    const refusal = verdict.obey
      ? this.#refuse(assignment, driver)
      : ({ code: 'stale-fence', because: verdict.because } as const)
    if (refusal || !driver || !verdict.obey) {
      this.#reject(assignment, refusal ?? noDriver(assignment))
      return
    }
    void this.#hold(assignment, driver).begin(verdict.newer ? this.#remember(assignment.fence) : undefined)
  }

  stop({ ref, graceMs, because, fence }: StopOrder): void {
    const key = attemptKey(ref)
    const verdict = fence ? judgeFence(this.#fences.get(fence.shard), fence) : null
    if (verdict && !verdict.obey) {
      this.#parts.platform.log.warn('Ignored an order to stop', { key, because: verdict.because })
      return
    }
    if (fence && verdict?.newer) void this.#remember(fence)

    const running = this.#running.get(key)
    const finished = this.#finished.get(key)
    if (running) running.stop(graceMs, because)
    else if (finished) this.#tell(finished.report)
    else this.#closeUnstarted(ref)
  }

  settle(refs: readonly AttemptRef[]): void {
    const atMs = this.#parts.platform.clock.unixMs()
    for (const ref of refs) {
      const key = attemptKey(ref)
      const finished = this.#finished.get(key)
      if (!finished || finished.settledAtMs !== null) continue
      // The value and the log's end are with the cluster now; only that it ended is still of use.
      this.#finished.set(key, { ref, report: slim(finished.report), settledAtMs: atMs })
      this.#settled.add(key)
      this.#write({ v: 1, kind: 'settled', ref: { taskId: ref.taskId, attempt: ref.attempt }, atMs })
    }
    while (this.#settled.size > settledKeptMax) this.#forgetOldest()
  }

  confirm(confirmation: Confirmation): void {
    if (!this.#confirmation || confirmation.sentAtMs > this.#confirmation.sentAtMs) this.#confirmation = confirmation
    for (const attempt of this.#running.values()) attempt.confirm(this.#confirmation)
  }

  setRole(order: RoleOrder): void {
    this.#parts.setRole(order)
  }

  observe(listener: (report: Report) => void): () => void {
    this.#listeners.add(listener)
    for (const attempt of this.#running.values()) listener(attempt.latestReport())
    for (const { report, settledAtMs } of this.#finished.values()) if (settledAtMs === null) listener(report)
    return () => this.#listeners.delete(listener)
  }

  /** Stops everything, each with its own grace, and settles when nothing runs any more. New work is refused from now on. */
  async leave(because: string): Promise<void> {
    this.#leaving = true
    const attempts = [...this.#running.values()]
    for (const attempt of attempts) attempt.stop(attempt.assignment.graceMs, because)
    await Promise.all(attempts.map((attempt) => attempt.ended))
  }

  /** Whether every result is with the cluster. */
  isSettled(): boolean {
    if (this.#running.size > 0) return false
    for (const { settledAtMs } of this.#finished.values()) if (settledAtMs === null) return false
    return true
  }

  close(): void {
    this.#sweep?.cancel()
  }

  #refuse(assignment: Assignment, driver: Driver | undefined): Refusal | null {
    if (this.#leaving) return { code: 'policy', because: 'This agent is stopping.' }
    return refuse(assignment, {
      capacity: this.#parts.capacity,
      load: this.#load,
      driver: driver?.fingerprint(),
      forbids: this.#parts.forbids,
    })
  }

  /** Writes down as ended what never came here, so that a `run` which was overtaken by this stop finds it closed. */
  #closeUnstarted({ taskId, attempt }: AttemptRef): void {
    this.#finish({
      kind: 'ended',
      taskId,
      attempt,
      startedAtMs: null,
      endedAtMs: this.#parts.platform.clock.unixMs(),
      exit: { code: null, signal: null, error: 'It never started on this node.', outOfMemory: false, timedOut: null },
      usage: { cpuMs: null, memoryBytesMax: null },
      logTail: [],
      logBytesTotal: 0,
    })
  }

  #hold(assignment: Assignment, driver: Driver): RunningAttempt {
    const key = attemptKey(assignment)
    const attempt = new RunningAttempt({
      ...this.#parts,
      assignment,
      driver,
      confirmation: this.#confirmation,
      onReport: (report) => this.#tell(report),
      onEnd: (report) => {
        this.#running.delete(key)
        this.#count(assignment, -1)
        this.#finished.set(key, { ref: { taskId: report.taskId, attempt: report.attempt }, report, settledAtMs: null })
        this.#tell(report)
      },
    })
    this.#running.set(key, attempt)
    this.#count(assignment, 1)
    return attempt
  }

  #count({ resources }: Assignment, sign: 1 | -1): void {
    this.#load.tasks += sign
    this.#load.cpuMillis += sign * resources.cpuMillis
    this.#load.memoryBytes += sign * resources.memoryBytes
  }

  #driver({ driver: name }: Assignment): Driver | undefined {
    return this.#parts.drivers.find((driver) => driver.name === name)
  }

  #remember(fence: Fence): Promise<void> {
    this.#fences.set(fence.shard, fence)
    return this.#parts.journal.append({ v: 1, kind: 'fence', fence }, 'durable')
  }

  #reject(
    { taskId, attempt }: Assignment,
    refusal: Pick<Extract<Report, { kind: 'rejected' }>, 'code' | 'because'>,
  ): void {
    this.#finish({ kind: 'rejected', taskId, attempt, ...refusal })
  }

  #finish(report: FinalReport): void {
    const ref = { taskId: report.taskId, attempt: report.attempt }
    this.#finished.set(attemptKey(ref), { ref, report, settledAtMs: null })
    this.#write({ v: 1, kind: 'final', report })
    this.#tell(report)
  }

  #tell(report: Report): void {
    for (const listener of this.#listeners) listener(report)
  }

  #write(record: JournalRecord): void {
    void this.#parts.journal.append(record, 'grouped')
  }

  #forgetOld(): void {
    const beforeMs = this.#parts.platform.clock.unixMs() - settledKeptMs
    for (const key of this.#settled) {
      if ((this.#finished.get(key)?.settledAtMs ?? 0) > beforeMs) break
      this.#forgetOldest()
    }
    if (this.#parts.journal.recordsSinceCompact() > compactAfterRecords)
      void this.#parts.journal.compact(this.#records())
  }

  #forgetOldest(): void {
    const [key] = this.#settled
    const finished = key === undefined ? undefined : this.#finished.get(key)
    if (!key || !finished) return
    this.#settled.delete(key)
    this.#finished.delete(key)
    this.#write({ v: 1, kind: 'forgotten', ref: finished.ref })
    void this.#parts.logs.remove(finished.ref)
  }

  #records(): JournalRecord[] {
    const records: JournalRecord[] = [...this.#fences.values()].map((fence) => ({ v: 1, kind: 'fence', fence }))
    for (const attempt of this.#running.values()) records.push(...attempt.records())
    for (const { ref, report, settledAtMs } of this.#finished.values()) {
      records.push({ v: 1, kind: 'final', report })
      if (settledAtMs !== null) records.push({ v: 1, kind: 'settled', ref, atMs: settledAtMs })
    }
    return records
  }
}

function noDriver({ driver }: Assignment): Refusal {
  return { code: 'unsupported', because: `This agent has no driver ${driver}.` }
}

function slim(report: FinalReport): FinalReport {
  if (report.kind === 'rejected') return report
  const { value: _value, ...rest } = report
  return { ...rest, logTail: [] }
}
