import type { Capacity } from '@quarterdeck/domain'
import type { Assignment, Fence, HeldAttempt, Report } from '@quarterdeck/domain/wire'
import type { Platform } from '@quarterdeck/platform'
import { type AttemptRef, attemptKey, type FinalReport } from '../attempt.ts'
import type { AttemptLogs } from '../attempt-logs.ts'
import type { Driver } from '../driver.ts'
import type { HealthProbe } from '../health/health-watch.ts'
import type { AttemptHost, Confirmation, HostAbilities, RoleOrder, StopOrder } from '../host.ts'
import { foldJournal, type Journal, type JournalRecord, unfoldJournal } from '../journal/journal.ts'
import { type Refusal, refuse } from './admission.ts'
import { judgeFence } from './fence.ts'
import { FinishedAttempts } from './finished-attempts.ts'
import { RunningAttempt } from './running-attempt.ts'

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
  /** Absent: nothing is known of other programs' ports. */
  readonly listening?: () => ReadonlySet<number>
  readonly setRole: (order: RoleOrder) => void
  readonly probeHealth?: HealthProbe
}

/**
 * Runs the attempts of one node and remembers them in a journal: the part of an agent that must not die with its connection.
 *
 * An attempt is written down before it starts and again when it ends, its report is repeated until the cluster has stored it, and it is
 * never started twice, however often the order comes.
 */
export class Runner implements AttemptHost {
  readonly #parts: RunnerParts
  readonly #running = new Map<string, RunningAttempt>()
  readonly #finished = new FinishedAttempts()
  readonly #fences = new Map<string, Fence>()
  readonly #listeners = new Set<(report: Report) => void>()
  readonly #load = { tasks: 0, cpuMillis: 0, memoryBytes: 0, ports: new Set<number>() }
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

    for (const entry of state.entries.values()) {
      if (entry.final) {
        this.#finished.add(entry.final, entry.settledAtMs)
        if (entry.settledAtMs === null) await this.#tidyUp(entry.ref)
        continue
      }
      const driver = entry.assignment && this.#driver(entry.assignment)
      if (!entry.assignment || !driver) continue
      await this.#hold(entry.assignment, driver).recover({ handle: entry.handle, startedAtMs: entry.startedAtMs })
    }
    this.#sweep = this.#parts.platform.timers.every(sweepEveryMs, () => this.#sweepUp())
  }

  held(): readonly HeldAttempt[] {
    const held: HeldAttempt[] = []
    for (const attempt of this.#running.values()) held.push(attempt.view())
    for (const report of this.#finished.unsettled()) {
      if (report.kind !== 'ended') continue
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
    const known = this.#finished.report(key) ?? this.#running.get(key)?.latestReport()
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
    const finished = this.#finished.report(key)
    if (running) running.stop(graceMs, because)
    else if (finished) this.#tell(finished)
    else this.#closeUnstarted(ref)
  }

  settle(refs: readonly AttemptRef[]): void {
    const atMs = this.#parts.platform.clock.unixMs()
    for (const { taskId, attempt } of refs) {
      const ref = { taskId, attempt }
      if (this.#finished.settle(ref, atMs)) this.#write({ v: 1, kind: 'settled', ref, atMs })
    }
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
    for (const attempt of this.#running.values()) {
      listener(attempt.latestReport())
      const health = attempt.latestHealth()
      if (health) listener(health)
      const measured = attempt.latestMeasured()
      if (measured) listener(measured)
    }
    for (const report of this.#finished.unsettled()) listener(report)
    return () => this.#listeners.delete(listener)
  }

  /** Stops everything, each with its own grace, and settles when nothing runs any more. New work is refused from now on. */
  async leave(because: string): Promise<void> {
    this.#leaving = true
    const attempts = [...this.#running.values()]
    for (const attempt of attempts) attempt.leave(because)
    await Promise.all(attempts.map((attempt) => attempt.ended))
  }

  /** Whether every result is with the cluster. */
  isSettled(): boolean {
    return this.#running.size === 0 && this.#finished.unsettled().length === 0
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
      listening: this.#parts.listening ?? (() => new Set()),
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
        this.#finished.add(report)
        this.#tell(report)
      },
    })
    this.#running.set(key, attempt)
    this.#count(assignment, 1)
    return attempt
  }

  #count({ resources, ports = [] }: Assignment, sign: 1 | -1): void {
    for (const { port } of ports) {
      if (sign === 1) this.#load.ports.add(port)
      else this.#load.ports.delete(port)
    }
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
    this.#finished.add(report)
    this.#write({ v: 1, kind: 'final', report })
    this.#tell(report)
  }

  #tell(report: Report): void {
    for (const listener of this.#listeners) listener(report)
  }

  #write(record: JournalRecord): void {
    void this.#parts.journal.append(record, 'grouped')
  }

  #sweepUp(): void {
    const { platform, journal, logs } = this.#parts
    for (const ref of this.#finished.forget(platform.clock.unixMs())) {
      this.#write({ v: 1, kind: 'forgotten', ref })
      void logs.remove(ref)
    }
    if (journal.recordsSinceCompact() > compactAfterRecords) void journal.compact(this.#records())
  }

  /** What an attempt that ended just before a crash may have left. */
  async #tidyUp(ref: AttemptRef): Promise<void> {
    for (const driver of this.#parts.drivers) await driver.remove(ref)
  }

  #records(): JournalRecord[] {
    const fences: JournalRecord[] = this.fences().map((fence) => ({ v: 1, kind: 'fence', fence }))
    return [
      ...fences,
      ...[...this.#running.values()].flatMap((attempt) => attempt.records()),
      ...this.#finished.records(),
    ]
  }
}

function noDriver({ driver }: Assignment): Refusal {
  return { code: 'unsupported', because: `This agent has no driver ${driver}.` }
}
