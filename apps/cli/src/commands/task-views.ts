import {
  compileFilter,
  isTerminal,
  parseFilter,
  type TaskState,
  taskFilterFields,
  taskStates,
} from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { nodeIdOf, taskIdOf } from '../parse/ids.ts'
import { duration, many, oneOf, wholeNumber } from '../parse/options.ts'
import { describeEnd, describeTask } from '../show/describe-task.ts'
import { describeExplanation } from '../show/explanation.ts'
import { exitCodeOfTask, followTask, showLine, showLog } from '../show/follow-task.ts'
import { table } from '../show/table.ts'
import { taskColumns } from '../show/task-columns.ts'

type ListFlags = {
  readonly state?: readonly string[]
  readonly node?: string
  readonly filter?: string
  readonly limit: number
}

export function addTaskViewCommands(task: Command, run: Run): void {
  const list = leaf(task, 'ls', 'tasks, the newest first')
    .option('--state <states>', 'only in these states', many)
    .option('--node <node>', 'only there')
    .option('--filter <text>', "as in the dashboard: 'state:live name:import -node:web-3'")
    .option('--limit <count>', 'at most so many are looked at', wholeNumber('--limit', { min: 1, max: 1_000 }), 100)
  act<ListFlags>(list, run, async ({ cluster, options, print }) => {
    const filter = compileFilter(parseFilter(options.filter ?? ''), taskFilterFields)
    if (filter.problems.length > 0)
      throw new UsageError(`--filter ${JSON.stringify(options.filter)}: ${filter.problems.join(' ')}`)
    const answer = await cluster.tasks.list({
      limit: options.limit,
      ...(options.state ? { states: options.state.map(stateOf) } : {}),
      ...(options.node === undefined ? {} : { nodeId: nodeIdOf(options.node) }),
    })
    const tasks = answer.value.tasks.filter(filter.matches)
    print.result({ ...answer, value: { ...answer.value, tasks } }, () => {
      const unseen = answer.value.total - answer.value.tasks.length
      return (
        table(tasks, taskColumns, 'No task matches.') + (unseen > 0 ? `\n${unseen} more: raise --limit, or filter` : '')
      )
    })
    return 0
  })

  act<object, readonly [string]>(
    leaf(task, 'show <task>', 'one task, its attempts and its end'),
    run,
    async ({ cluster, args, print }) => {
      const answer = await cluster.tasks.get({ id: taskIdOf(args[0]) })
      print.result(answer, () => describeTask(answer.value))
      return 0
    },
  )

  const explain = leaf(task, 'explain <task>', 'why it is where it is, or why it waits').option(
    '--node <node>',
    'and what speaks for or against this node',
  )
  act<{ node?: string }, readonly [string]>(explain, run, async ({ cluster, options, args, print }) => {
    const asked = options.node === undefined ? {} : { nodeId: nodeIdOf(options.node) }
    const explanation = await cluster.tasks.explain({ id: taskIdOf(args[0]), ...asked })
    print.result(explanation, () => describeExplanation(explanation))
    return 0
  })

  const logs = leaf(task, 'logs <task>', 'its output; of a live task what there is so far')
    .option('--follow', "go on until it has ended; the exit code is the task's own")
    .option('--attempt <number>', 'of an earlier try', wholeNumber('--attempt', { min: 1, max: 1_000_000 }))
  act<{ follow?: boolean; attempt?: number }, readonly [string]>(
    logs,
    run,
    async ({ cluster, options, args, print, io }) => {
      const id = taskIdOf(args[0])
      if (options.follow && options.attempt === undefined) return await followTask(cluster, id, print, io)
      const { task: known, result } = (await cluster.tasks.get({ id })).value
      if (options.follow || (isTerminal(known.state) && known.attempt > 0)) {
        await showLog(
          cluster,
          { id, ...(options.attempt === undefined ? {} : { attempt: options.attempt }) },
          print,
          io,
        )
        return 0
      }
      for (const line of result?.logTail ?? []) showLine({ ...line, endOffset: 0 }, print, io)
      if (known.attempt === 0) print.note(`Task ${id} is ${known.state}: it has not run yet`)
      else await showSoFar()
      return 0

      /** A live log has no end: it is read until it falls silent for a moment. */
      async function showSoFar(): Promise<void> {
        const silence = new AbortController()
        let timer = setTimeout(() => silence.abort(), FIRST_LINE_MS)
        for await (const line of cluster.tasks.logs({ id }, { signal: silence.signal })) {
          clearTimeout(timer)
          timer = setTimeout(() => silence.abort(), SILENCE_MS)
          showLine(line, print, io)
        }
        clearTimeout(timer)
      }
    },
  )

  const wait = leaf(task, 'wait <task>', 'until it has ended; the exit code is 0 when it succeeded').option(
    '--timeout <duration>',
    'at most this long; then the exit code is 124',
    duration('--timeout'),
  )
  act<{ timeout?: number }, readonly [string]>(wait, run, async ({ cluster, options, args, print }) => {
    const id = taskIdOf(args[0])
    const ended = await cluster.tasks.wait(id, options.timeout === undefined ? {} : { waitMs: options.timeout })
    print.result(ended, () =>
      isTerminal(ended.row.state) ? describeEnd(ended) : `Task ${id} is still ${ended.row.state}`,
    )
    return isTerminal(ended.row.state) ? exitCodeOfTask(ended.row) : 124
  })
}

const FIRST_LINE_MS = 2_000
const SILENCE_MS = 300

const stateOf: (text: string) => TaskState = oneOf('--state', taskStates)
