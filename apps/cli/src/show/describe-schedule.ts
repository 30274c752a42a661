import { formatDuration, type ScheduleRow, type ScheduleTiming, type ScheduleView } from '@quarterdeck/domain'
import { moment } from './moments.ts'
import { facts, table } from './table.ts'

export function timingInWords(timing: ScheduleTiming): string {
  switch (timing.kind) {
    case 'cron':
      return `${timing.expression} (${timing.timeZone})`
    case 'rate':
      return `every ${formatDuration(timing.everyMs)}`
    case 'delay':
      return `${formatDuration(timing.afterMs)} after each end`
  }
}

export function lastOutcome({ runs }: Pick<ScheduleRow, 'runs'>): string | null {
  const [last] = runs
  return last ? (last.ended ?? last.outcome) : null
}

/** Everything about one schedule, its next runs in its own zone and in UTC. */
export function describeSchedule(schedule: ScheduleView): string {
  const { timing, missed, paused } = schedule
  const zone = timing.kind === 'cron' ? timing.timeZone : undefined
  const about = facts([
    ['schedule', schedule.id],
    ['description', schedule.description],
    ['when', timingInWords(timing)],
    ['runs', schedule.runsWhat],
    ['missed', missed.policy === 'all' ? `all, at most ${missed.runsMax}` : missed.policy],
    ['overlap', schedule.overlap],
    ['state', paused ? `paused by ${paused.by}${paused.reason ? `: ${paused.reason}` : ''}` : 'active'],
    ['waiting', schedule.waiting.length],
    ['changed', `${moment(schedule.changedAtMs)} by ${schedule.changedBy}`],
    ['started', schedule.startedTotal],
  ])
  const next = table(
    schedule.nextRuns,
    [
      { title: paused ? 'next, if it were not paused' : 'next', of: (atMs) => inZone(atMs, zone) },
      { title: 'UTC', of: (atMs) => inZone(atMs, 'UTC') },
    ],
    'The next run is due after the end of the one that lives.',
  )
  const past = table(
    schedule.runs,
    [
      { title: 'due', of: ({ dueAtMs }) => (dueAtMs === null ? 'by hand' : moment(dueAtMs)) },
      { title: 'outcome', of: ({ outcome, count }) => (count > 1 ? `${outcome} × ${count}` : outcome) },
      { title: 'ended', of: ({ ended, taskId }) => ended ?? (taskId ? 'lives' : null) },
      { title: 'task', of: ({ taskId }) => taskId },
      { title: 'why', of: ({ because }) => because },
    ],
    'Nothing was due yet.',
  )
  return [about, '', next, '', past].join('\n')
}

function inZone(atMs: number, timeZone: string | undefined): string {
  const options = { dateStyle: 'medium', timeStyle: 'medium', ...(timeZone ? { timeZone } : {}) } as const
  return new Date(atMs).toLocaleString('en-GB', options)
}
