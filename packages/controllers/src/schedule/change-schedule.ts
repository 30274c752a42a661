import type { Schedule, ScheduleInput, TaskId, UnixMs } from '@quarterdeck/domain'
import { type CronAfter, firstDue } from './due-times.ts'
import { recordRun } from './run-history.ts'

type By = { readonly by: string; readonly nowMs: UnixMs; readonly cronAfter: CronAfter }

/** A new schedule, or the next value of one. Its due time stays when its timing does: a change of the task must not delay a run. */
export function applySchedule(before: Schedule | null, input: ScheduleInput, { by, nowMs, cronAfter }: By): Schedule {
  const keepsDue = before !== null && JSON.stringify(before.timing) === JSON.stringify(input.timing)
  const nextAtMs = keepsDue ? before.nextAtMs : firstDue(input.timing, nowMs, cronAfter)
  return {
    v: 1,
    paused: null,
    createdAtMs: nowMs,
    waiting: [],
    runs: [],
    startedTotal: 0,
    ...before,
    ...input,
    changedAtMs: nowMs,
    changedBy: by,
    nextAtMs: before?.paused ? null : nextAtMs,
  }
}

/** Nothing starts any more, also not what waits. Runs that live go on. */
export function pauseSchedule(schedule: Schedule, reason: string, { by, nowMs }: Omit<By, 'cronAfter'>): Schedule {
  return { ...schedule, paused: { by, reason, atMs: nowMs }, nextAtMs: null, waiting: [] }
}

/** What fell into the pause was not missed: it was not wanted. */
export function resumeSchedule(schedule: Schedule, { nowMs, cronAfter }: Omit<By, 'by'>): Schedule {
  return { ...schedule, paused: null, nextAtMs: firstDue(schedule.timing, nowMs, cronAfter) }
}

/** Notes a run that a person started, whatever is due and whatever lives. A fixed delay then counts from its end. */
export function recordManualRun(schedule: Schedule, taskId: TaskId, { by, nowMs }: Omit<By, 'cronAfter'>): Schedule {
  const run = {
    dueAtMs: null,
    atMs: nowMs,
    outcome: 'started',
    taskId,
    ended: null,
    endedAtMs: null,
    count: 1,
    because: `Started by ${by}.`,
  } as const
  return {
    ...schedule,
    runs: recordRun(schedule.runs, run),
    startedTotal: schedule.startedTotal + 1,
    nextAtMs: schedule.timing.kind === 'delay' ? null : schedule.nextAtMs,
  }
}
