import type { JobTemplateRow } from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { jobTemplateIdOf } from '../parse/ids.ts'
import { each } from '../parse/options.ts'
import { withReason } from '../parse/with-reason.ts'
import { describeTemplate } from '../show/describe-template.ts'
import { followTask } from '../show/follow-task.ts'
import { ago } from '../show/moments.ts'
import { type Column, table } from '../show/table.ts'
import { type ApplyFlags, applyFiles, withFileOptions } from './apply.ts'

type RunFlags = {
  readonly param?: string[]
  readonly version?: string
  readonly key?: string
  readonly follow?: boolean
  readonly dryRun?: boolean
}

const columns: readonly Column<JobTemplateRow>[] = [
  { title: 'job', of: (row) => row.id },
  { title: 'version', of: (row) => row.version, align: 'right' },
  { title: 'parameters', of: (row) => row.parameterNames.join(', ') },
  { title: 'runs', of: (row) => row.runsWhat },
  { title: 'changed', of: (row) => `${ago(row.changedAtMs)} ago by ${row.changedBy}` },
]

export function addJobCommands(job: Command, run: Run): void {
  act<ApplyFlags>(
    withFileOptions(leaf(job, 'apply', 'make job templates, or bring them to what files say')),
    run,
    (call) => applyFiles(call, 'job-template'),
  )

  act(leaf(job, 'ls', 'every job template'), run, async ({ cluster, print }) => {
    const answer = await cluster.jobTemplates.list()
    print.result(answer, () => table(answer.value, columns, 'There is none yet: qd job apply -f FILE'))
    return 0
  })

  act<object, readonly [string]>(
    leaf(job, 'show <job>', 'its parameters, what it runs, its versions'),
    run,
    async ({ cluster, args, print }) => {
      const { value } = await cluster.jobTemplates.get({ id: jobTemplateIdOf(args[0]) })
      print.result(value, () => describeTemplate(value))
      return 0
    },
  )

  addRun(job, run)

  const remove = withReason(leaf(job, 'rm <job>', 'remove it; its tasks go on'))
  act<{ readonly reason?: string }, readonly [string]>(remove, run, async ({ cluster, options, args, print }) => {
    const id = jobTemplateIdOf(args[0])
    await cluster.jobTemplates.remove({ id, reason: options.reason ?? '' })
    print.result({ id }, () => `${id} is removed`)
    return 0
  })
}

function addRun(job: Command, run: Run): void {
  const command = leaf(job, 'run <job>', 'dispatch it with values for its parameters')
    .option('-p, --param <name=value>', 'a parameter; may be repeated', each)
    .option('--version <number>', 'an older version')
    .option('--key <key>', 'idempotency key: the same key finds the same task')
    .option('--follow', 'show its output until it has ended; the exit code is its own')
    .option('--dry-run', 'only show the task that these values make, and where it would go')
  act<RunFlags, readonly [string]>(command, run, async ({ cluster, options, args, print, io }) => {
    const id = jobTemplateIdOf(args[0])
    const values = valuesOf(options.param ?? [])
    const version = options.version === undefined ? {} : { version: versionOf(options.version) }
    if (options.dryRun) {
      const preview = await cluster.jobTemplates.preview({ id, values, ...version })
      const { exec, handler } = preview.task
      print.result(preview, () => `${JSON.stringify(exec ?? handler, null, 2)}\n${preview.preview.decision.because}`)
      return 0
    }
    const key = options.key === undefined ? {} : { idempotencyKey: options.key }
    const started = await cluster.jobTemplates.run({ id, values, ...version, ...key })
    if (options.follow) return await followTask(cluster, started.taskId, print, io)
    print.result(started, () => started.taskId)
    return 0
  })
}

/** `key=value` each; the value is whatever stands after the first equals sign. Types are the template's business. */
function valuesOf(params: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    params.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new UsageError(`-p ${JSON.stringify(text)} must be name=value, such as target=/etc`)
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

function versionOf(text: string): number {
  const version = Number(text.replace(/^v/, ''))
  if (!Number.isInteger(version) || version < 1) throw new UsageError(`--version ${text} must be a number such as 3`)
  return version
}
