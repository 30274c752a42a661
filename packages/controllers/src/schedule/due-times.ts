import type { Schedule, ScheduleTiming, UnixMs } from '@quarterdeck/domain'

/**
 * The first moment strictly after `afterMs` that a cron expression names in a time zone; null when it names none. Comes in as an
 * argument: calendars and zones are a library's work.
 */
export type CronAfter = (timing: Extract<ScheduleTiming, { kind: 'cron' }>, afterMs: number) => UnixMs | null

/** The due time that follows one; a fixed delay follows from the end of a run instead, so there it is null. */
export function dueAfter(timing: ScheduleTiming, dueAtMs: number, cronAfter: CronAfter): UnixMs | null {
  switch (timing.kind) {
    case 'cron':
      return cronAfter(timing, dueAtMs)
    case 'rate':
      return (dueAtMs + timing.everyMs) as UnixMs
    case 'delay':
      return null
  }
}

/** When a schedule that starts (again) now is due first. Whole milliseconds, because the moment becomes part of an id. */
export function firstDue(timing: ScheduleTiming, nowMs: number, cronAfter: CronAfter): UnixMs | null {
  const fromMs = Math.ceil(nowMs)
  switch (timing.kind) {
    case 'cron':
      return cronAfter(timing, fromMs)
    case 'rate':
      return (fromMs + timing.everyMs) as UnixMs
    case 'delay':
      return (fromMs + timing.afterMs) as UnixMs
  }
}

/** The next due times of a schedule, also of a paused one: what it would do. */
export function nextRuns(
  { timing, nextAtMs }: Pick<Schedule, 'timing' | 'nextAtMs'>,
  count: number,
  nowMs: number,
  cronAfter: CronAfter,
): UnixMs[] {
  const runs: UnixMs[] = []
  let due = nextAtMs ?? (timing.kind === 'delay' ? null : firstDue(timing, nowMs, cronAfter))
  while (due !== null && runs.length < count) {
    runs.push(due)
    due = dueAfter(timing, due, cronAfter)
  }
  return runs
}

/** Due times that are walked one by one after an outage, at most; older ones are counted as one more than that. */
const WALKED_MAX = 1_000

export type Passed = {
  /** The newest ones that have come, oldest first. */
  readonly dues: readonly UnixMs[]
  /** How many came before those. */
  readonly older: number
  readonly next: UnixMs | null
}

/** Which due times have come by now. `keep`: how many of the newest are told one by one. */
export function passedDues(
  { timing, nextAtMs }: Pick<Schedule, 'timing' | 'nextAtMs'>,
  keep: number,
  nowMs: number,
  cronAfter: CronAfter,
): Passed {
  if (nextAtMs === null || nextAtMs > nowMs) return { dues: [], older: 0, next: nextAtMs }
  if (timing.kind === 'rate') return passedAtRate(nextAtMs, timing.everyMs, keep, nowMs)

  let passed = walk(timing, nextAtMs, keep, nowMs, cronAfter)
  // A long outage of a busy schedule: begin again closer to now, first in the last minute, then further back.
  for (const backMs of [60_000, 3_600_000, 24 * 3_600_000]) {
    if (passed.isWhole) break
    const from = dueAfter(timing, nowMs - backMs, cronAfter)
    if (from === null || from > nowMs) continue
    const near = walk(timing, from, keep, nowMs, cronAfter)
    passed = { ...near, older: near.older + WALKED_MAX }
  }
  return { dues: passed.dues, older: passed.older, next: passed.next }
}

function walk(timing: ScheduleTiming, fromMs: UnixMs, keep: number, nowMs: number, cronAfter: CronAfter) {
  const dues: UnixMs[] = []
  let older = 0
  let due: UnixMs | null = fromMs
  while (due !== null && due <= nowMs && dues.length + older < WALKED_MAX * 4) {
    dues.push(due)
    if (dues.length > keep) {
      dues.shift()
      older += 1
    }
    due = dueAfter(timing, due, cronAfter)
  }
  return { dues, older, next: due, isWhole: due === null || due > nowMs }
}

function passedAtRate(nextAtMs: UnixMs, everyMs: number, keep: number, nowMs: number): Passed {
  const count = Math.floor((nowMs - nextAtMs) / everyMs) + 1
  const kept = Math.min(keep, count)
  return {
    dues: Array.from({ length: kept }, (_, index) => (nextAtMs + (count - kept + index) * everyMs) as UnixMs),
    older: count - kept,
    next: (nextAtMs + count * everyMs) as UnixMs,
  }
}
