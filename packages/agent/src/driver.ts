import type { Exit, HealthCheck, NodeFacts, Usage } from '@quarterdeck/domain'
import type { Assignment } from '@quarterdeck/domain/wire'
import type { AttemptRef } from './attempt.ts'
import type { HealthVerdict } from './health/health-watch.ts'

/** What a driver needs to find its attempt again after a restart; stored in the journal. */
export type DriverHandle = Readonly<Record<string, string | number | null>>

export type DriverEvents = {
  readonly onProgress: (progress: { readonly share: number | null; readonly text: string }) => void
  /** The attempt showed life: a line of output. Feeds the progress timeout. */
  readonly onActivity: () => void
}

export type DriverExit = {
  readonly exit: Omit<Exit, 'timedOut'>
  readonly usage: Usage
  /** JSON value that a handler returned. */
  readonly value?: Json
}
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

export type Attempted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly because: string }

/**
 * One way to run a task, as seven verbs. An attempt goes `prepare` -> `start` -> `wait` -> `remove`; `stop` may come at any time after
 * `start`; after a restart of the keeper `recover` takes the place of the first two.
 */
export type Driver = {
  readonly name: Assignment['driver']
  /** What this machine can do with it. Cheap; asked at each registration. */
  fingerprint(): DriverFingerprint
  /** Makes what the attempt needs before it may run. A second call finds it made. `because` is one sentence for the operator. */
  prepare(assignment: Assignment): Promise<Attempted<null>>
  /** Starts it. Never called twice for an attempt. */
  start(assignment: Assignment, events: DriverEvents): Promise<Attempted<DriverHandle>>
  /** Settles once nothing of the attempt runs any more and its output is stored. A second call gives the same answer. */
  wait(ref: AttemptRef): Promise<DriverExit>
  /** `ask` requests an end and may be ignored by the task; `kill` ends everything of the attempt. Repeating either is harmless. */
  stop(ref: AttemptRef, how: 'ask' | 'kill'): Promise<void>
  /**
   * Looks for an attempt of an earlier life of the keeper. `running`: it is watched again, `wait` works. `gone`: nothing of it runs now,
   * because it had ended or because what was left of it was killed. A null handle: it was accepted, and whether it started is unknown.
   */
  recover(assignment: Assignment, handle: DriverHandle | null, events: DriverEvents): Promise<'running' | 'gone'>
  /** Deletes what `prepare` and `start` made. A second call finds nothing. */
  remove(ref: AttemptRef): Promise<void>
  /** Runs a program beside a running attempt, with its user, variables and limits, and says what it found. Absent: it cannot. */
  check?(assignment: Assignment, check: Extract<HealthCheck, { type: 'exec' }>): Promise<HealthVerdict>
  /** What the running attempt has used and holds now; null when that cannot be told. Absent: it cannot measure. */
  measure?(ref: AttemptRef): Promise<UsageNow | null>
}

export type UsageNow = {
  /** CPU time that its processes have used since they were started. */
  readonly cpuMs: number
  readonly memoryBytes: number
}

export type DriverFingerprint = {
  /** Null when it works; else one sentence why not. */
  readonly unavailable: string | null
  readonly handlers: NodeFacts['handlers']
}
