import { nextRuns } from '@quarterdeck/controllers'
import type { ScheduleRow, ScheduleView, Stored, TaskSubmit } from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import { cronAfter } from './cron-after.ts'

export const NEXT_RUNS_SHOWN = 5
const WHAT_LENGTH_MAX = 120

/** A schedule as lists and the live stream show it. */
export function scheduleRow(core: Core, { value, revision }: Stored<'schedule'>): ScheduleRow {
  const { v: _, task, ...rest } = value
  return {
    ...rest,
    revision,
    taskName: task.name,
    runsWhat: inShort(task),
    nextRuns: nextRuns(value, NEXT_RUNS_SHOWN, core.platform.clock.unixMs(), cronAfter),
  }
}

export function scheduleView(core: Core, stored: Stored<'schedule'>): ScheduleView {
  return { ...scheduleRow(core, stored), task: stored.value.task }
}

function inShort({ exec, handler }: TaskSubmit): string {
  const what = handler ? `handler ${handler.name}` : [exec?.command ?? '', ...(exec?.args ?? [])].join(' ')
  return what.length > WHAT_LENGTH_MAX ? `${what.slice(0, WHAT_LENGTH_MAX)}…` : what
}
