import {
  type DeadLetter,
  type DeadLetterFilter,
  deadLetterStates,
  formatDuration,
  type Replay,
} from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { nodeIdOf, taskIdOf } from '../parse/ids.ts'
import { oneOf, wholeNumber } from '../parse/options.ts'
import { confirm } from '../show/confirm.ts'
import { ago } from '../show/moments.ts'
import { type Column, table } from '../show/table.ts'

const columns: readonly Column<DeadLetter>[] = [
  { title: 'task', of: ({ id }) => id },
  { title: 'job', of: ({ name }) => name },
  { title: 'state', of: ({ state }) => state },
  { title: 'node', of: ({ nodeId }) => nodeId },
  { title: 'failures', of: ({ failures }) => failures, align: 'right' },
  { title: 'ended', of: ({ endedAtMs }) => (endedAtMs === null ? null : `${ago(endedAtMs)} ago`) },
  { title: 'how', of: ({ exit }) => exit?.error ?? (exit?.code == null ? null : `exit ${exit.code}`) },
  { title: 'replayed as', of: ({ replayedAs }) => replayedAs },
]

type Filter = {
  readonly job?: string
  readonly state?: (typeof deadLetterStates)[number]
  readonly onNode?: string
}

function withFilter(command: Command): Command {
  return command
    .option('--job <name>', 'of this name')
    .option('--state <state>', deadLetterStates.join(', '), oneOf('--state', deadLetterStates))
    .option('--on-node <node>', 'that had an attempt on this node')
}

function filterOf({ job, state, onNode }: Filter): DeadLetterFilter {
  return {
    ...(job === undefined ? {} : { job }),
    ...(state === undefined ? {} : { states: [state] }),
    ...(onNode === undefined ? {} : { nodeId: nodeIdOf(onNode) }),
  }
}

export function addDeadLetterCommands(task: Command, run: Run): void {
  const list = withFilter(leaf(task, 'dead', 'tasks that ended without having done what they were for')).option(
    '--limit <count>',
    'at most so many',
    wholeNumber('--limit', { min: 1, max: 500 }),
    50,
  )
  act<Filter & { limit: number }>(list, run, async ({ cluster, options, print }) => {
    const answer = await cluster.tasks.deadLetters({ ...filterOf(options), limit: options.limit })
    print.result(answer, () => table(answer.value.letters, columns, 'No dead letters.'))
    return 0
  })

  const replay = withFilter(leaf(task, 'replay [tasks...]', 'make a new task of each dead letter, once'))
    .option('--all', 'every dead letter')
    .option('--dry-run', 'only say how many')
    .option('--yes', 'do not ask')
  act<Filter & { all?: boolean; dryRun?: boolean; yes?: boolean }, readonly [string[]]>(
    replay,
    run,
    async ({ cluster, options, args, print, io }) => {
      const ids = args[0].map(taskIdOf)
      const filter = { ...filterOf(options), ...(ids.length > 0 ? { ids } : {}) }
      if (Object.keys(filter).length === 0 && !options.all)
        throw new UsageError('Say which: names of tasks, --job, --state, --on-node, or --all')
      const { value } = await cluster.tasks.deadLetters({ ...filter, limit: 1 })
      const count = value.replayable.reduce((sum, each) => sum + each.count, 0)
      const words = value.replayable.map((each) => `${each.count} of ${each.job}`).join(', ')
      if (options.dryRun || count === 0) {
        print.result(value.replayable, () => (count === 0 ? 'Nothing to replay.' : `Would replay ${words}.`))
        return 0
      }
      await confirm({ io, print, yes: options.yes || ids.length > 0 }, `Replay ${words}?`, 'Nothing was replayed')
      const startedAtMs = performance.now()
      const replayed: Replay['replayed'][number][] = []
      const refused: Replay['refused'][number][] = []
      for (let left = 1; left > 0; ) {
        const answer = await cluster.tasks.replay(filter)
        replayed.push(...answer.replayed)
        refused.push(...answer.refused)
        left = answer.replayed.length > 0 ? answer.left : 0
      }
      print.result({ replayed, refused }, () =>
        [
          `${replayed.length} replayed in ${formatDuration(performance.now() - startedAtMs)}.`,
          ...refused.map(({ id, because }) => `${id}: ${because}`),
        ].join('\n'),
      )
      return refused.length > 0 ? 1 : 0
    },
  )
}
