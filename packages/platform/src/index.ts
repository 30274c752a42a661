import type { MonotonicMs, UnixMs } from '@quarterdeck/domain'

/** Everything that a program takes from outside itself. Production passes Node's, the simulator its own. */
export type Platform = {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly ids: Ids
  readonly log: Log
}

export type Clock = {
  /** For durations: never goes back. */
  monotonicMs(): MonotonicMs
  /** For display and schedules. */
  unixMs(): UnixMs
}

export type Timer = { cancel(): void }

export type Timers = {
  /** Runs `act` once, not before `ms` have passed. */
  after(ms: number, act: () => void): Timer
  /** Runs `act` every `ms`, first after `ms`. A late run is not made up for. */
  every(ms: number, act: () => void): Timer
  /** Runs `act` in the next turn of the loop. */
  soon(act: () => void): void
}

export type Random = {
  /** 0 <= x < 1 */
  next(): number
  /** 0 <= n < bound, whole. `bound` >= 1 */
  nextInt(bound: number): number
}

export type Ids = {
  /** A new id that sorts by time: `<prefix>-<26 characters>` or the bare 26 without a prefix. */
  next(prefix?: string): string
  /** 96 random bits in hex, never used twice. Not a secret. */
  nonce(): string
}

export type LogFields = Readonly<Record<string, unknown>>

export type Log = {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A log that adds `fields` to every line. */
  with(fields: LogFields): Log
}

/** Waits `ms` on the given timers. */
export function sleep(timers: Timers, ms: number): Promise<void> {
  return new Promise((resolve) => timers.after(ms, resolve))
}

/** Small seeded generator (mulberry32): the same seed gives the same run. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { next, nextInt: (bound) => Math.floor(next() * bound) }
}
