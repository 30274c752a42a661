import { readFile } from 'node:fs/promises'
import {
  limits,
  overlapPolicies,
  type ScheduleDraft,
  type ScheduleRow,
  type ScheduleTiming,
  scheduleInputSchema,
} from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { scheduleIdOf } from '../parse/ids.ts'
import { duration, json, oneOf, wholeNumber } from '../parse/options.ts'
import { withRunOptions } from '../parse/run-options.ts'
import { type RunFlags, taskOf } from '../parse/task-of.ts'
import { describeSchedule, lastOutcome, timingInWords } from '../show/describe-schedule.ts'
import { moment } from '../show/moments.ts'
import { type Column, table } from '../show/table.ts'

const columns: readonly Column<ScheduleRow>[] = [
  { title: 'schedule', of: (schedule) => schedule.id },
  { title: 'when', of: ({ timing }) => timingInWords(timing) },
  { title: 'runs', of: (schedule) => schedule.runsWhat },
  { title: 'next', of: ({ paused, nextAtMs }) => (paused ? 'paused' : nextAtMs === null ? null : moment(nextAtMs)) },
  { title: 'last', of: lastOutcome },
  { title: 'started', of: (schedule) => schedule.startedTotal, align: 'right' },
]

export function addScheduleCommands(schedule: Command, run: Run): void {
  addApply(schedule, run)

  act(leaf(schedule, 'ls', 'all of them, with their next run'), run, async ({ cluster, print }) => {
    const answer = await cluster.schedules.list()
    print.result(answer, () => table(answer.value, columns, 'There is none yet: qd schedule apply --help'))
    return 0
  })

  const show = leaf(schedule, 'show <schedule>', 'one schedule, its next runs and its last outcomes')
  act<object, readonly [string]>(show, run, async ({ cluster, args, print }) => {
    const { value } = await cluster.schedules.get({ id: scheduleIdOf(args[0]) })
    print.result(value, () => describeSchedule(value))
    return 0
  })

  const now = leaf(schedule, 'run <schedule>', 'start a run now, whatever is due')
  act<object, readonly [string]>(now, run, async ({ cluster, args, print }) => {
    const started = await cluster.schedules.run({ id: scheduleIdOf(args[0]) })
    print.result(started, () => started.taskId)
    return 0
  })

  const pause = leaf(schedule, 'pause <schedule>', 'start nothing until it is resumed').option(
    '--reason <text>',
    'shown to everyone',
  )
  act<{ reason?: string }, readonly [string]>(pause, run, async ({ cluster, options, args, print }) => {
    const id = scheduleIdOf(args[0])
    await cluster.schedules.pause({ id, reason: options.reason ?? '' })
    print.result({ id }, () => `${id} is paused`)
    return 0
  })

  const resume = leaf(schedule, 'resume <schedule>', 'go on; what fell into the pause is not made up for')
  act<object, readonly [string]>(resume, run, async ({ cluster, args, print }) => {
    const id = scheduleIdOf(args[0])
    await cluster.schedules.resume({ id })
    print.result({ id }, () => `${id} goes on`)
    return 0
  })

  const remove = leaf(schedule, 'rm <schedule>', 'remove it; runs that live go on').option(
    '--reason <text>',
    'goes into the audit trail',
  )
  act<{ reason?: string }, readonly [string]>(remove, run, async ({ cluster, options, args, print }) => {
    const id = scheduleIdOf(args[0])
    await cluster.schedules.remove({ id, reason: options.reason ?? '' })
    print.result({ id }, () => `${id} is removed`)
    return 0
  })
}

type ApplyFlags = RunFlags & {
  readonly file?: string
  readonly cron?: string
  readonly zone?: string
  readonly every?: number
  readonly after?: number
  readonly missed?: 'skip' | 'once' | 'all'
  readonly missedRuns?: number
  readonly lateMax?: number
  readonly overlap?: (typeof overlapPolicies)[number]
  readonly description?: string
}

function addApply(schedule: Command, run: Run): void {
  const usage = leaf(
    schedule,
    'apply [schedule] [command...]',
    "make or change one: qd schedule apply nightly --cron '0 3 * * *' --zone Europe/Berlin -- prog args…",
  )
    .option('--file <path>', 'read it as JSON from a file instead (- for stdin)')
    .option('--cron <expression>', 'minute hour day month weekday; six fields begin with seconds')
    .option('--zone <zone>', 'time zone of --cron, such as Europe/Berlin or UTC')
    .option('--every <duration>', 'at a fixed rate', duration('--every'))
    .option('--after <duration>', 'so long after the end of the run before', duration('--after'))
    .option(
      '--missed <policy>',
      'due times nobody could act on: skip (default: the newest is made up for if at most --late-max late), once, all',
      oneOf('--missed', ['skip', 'once', 'all']),
    )
    .option(
      '--missed-runs <count>',
      'with --missed all: at most so many (default 10)',
      wholeNumber('--missed-runs', { min: 1, max: limits.scheduleRunsMadeUpMax }),
    )
    .option('--late-max <duration>', 'with --missed skip (default 1m)', duration('--late-max'))
    .option(
      '--overlap <policy>',
      'when the run before lives: skip (default), queue, replace, allow',
      oneOf('--overlap', overlapPolicies),
    )
    .option('--description <text>', 'shown to everyone')
  act<ApplyFlags, readonly [string | undefined, string[]]>(withRunOptions(usage), run, async (call) => {
    const { cluster, options, args, print, io } = call
    const wanted = options.file === undefined ? draftOf(options, args) : await readDraft(options.file, io)
    const { created } = await cluster.schedules.save(wanted)
    const { value } = await cluster.schedules.get({ id: scheduleIdOf(wanted.id) })
    print.result({ created, schedule: value }, () => `${created ? 'Made' : 'Changed'} ${describeSchedule(value)}`)
    return 0
  })
}

function draftOf(flags: ApplyFlags, [id, words]: readonly [string | undefined, string[]]): ScheduleDraft {
  if (id === undefined) throw new UsageError('name the schedule: qd schedule apply nightly …')
  const { missed, missedRuns, lateMax, overlap, description } = flags
  return {
    id,
    timing: timingOf(flags),
    task: taskOf({ name: id, ...flags }, words, Date.now()),
    missed: {
      ...(missed ? { policy: missed } : {}),
      ...(missedRuns ? { runsMax: missedRuns } : {}),
      ...(lateMax ? { lateMsMax: lateMax } : {}),
    },
    ...(overlap ? { overlap } : {}),
    ...(description ? { description } : {}),
  }
}

function timingOf({ cron, zone, every, after }: ApplyFlags): ScheduleTiming {
  const given = [cron, every, after].filter((each) => each !== undefined)
  if (given.length !== 1) throw new UsageError('say when by one of --cron, --every and --after')
  if (zone !== undefined && cron === undefined) throw new UsageError('--zone belongs to --cron')
  if (every !== undefined) return { kind: 'rate', everyMs: every }
  if (after !== undefined) return { kind: 'delay', afterMs: after }
  if (zone === undefined) throw new UsageError('--cron needs --zone, such as --zone Europe/Berlin or --zone UTC')
  return { kind: 'cron', expression: cron ?? '', timeZone: zone }
}

async function readDraft(file: string, io: Run['io']): Promise<ScheduleDraft> {
  const text = file === '-' ? await io.readAll() : await readFile(file, 'utf8')
  const parsed = scheduleInputSchema.safeParse(json('--file')(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(`${file}: ${issue?.path.join('.') || 'the document'} ${issue?.message ?? 'is refused'}`)
}
