import { setTimeout as delay } from 'node:timers/promises'
import { isLiveWorkflowRun, type WorkflowRow, type WorkflowRunId } from '@quarterdeck/domain'
import type { Client } from '@quarterdeck/sdk'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import type { Io } from '../io.ts'
import { workflowIdOf, workflowRunIdOf } from '../parse/ids.ts'
import { json, wholeNumber } from '../parse/options.ts'
import { withReason } from '../parse/with-reason.ts'
import { describeRun, describeWorkflow, runColumns } from '../show/describe-workflow.ts'
import { ago } from '../show/moments.ts'
import type { Printer } from '../show/printer.ts'
import { type Column, table } from '../show/table.ts'
import { type ApplyFlags, applyFiles, withFileOptions } from './apply.ts'

const LOOK_EVERY_MS = 500

type Reason = { readonly reason?: string }
type StartFlags = { readonly input?: unknown; readonly key?: string; readonly wait?: boolean }

const columns: readonly Column<WorkflowRow>[] = [
  { title: 'workflow', of: (row) => row.id },
  { title: 'version', of: (row) => row.version, align: 'right' },
  { title: 'steps', of: (row) => row.stepCount, align: 'right' },
  { title: 'live runs', of: (row) => row.runsLive, align: 'right' },
  { title: 'last run', of: ({ lastRun }) => lastRun && `${lastRun.state}, ${ago(lastRun.createdAtMs)} ago` },
  { title: 'changed', of: (row) => `${ago(row.changedAtMs)} ago by ${row.changedBy}` },
]

export function addWorkflowCommands(workflow: Command, run: Run): void {
  act<ApplyFlags>(
    withFileOptions(leaf(workflow, 'apply', 'make workflows, or bring them to what files say')),
    run,
    (call) => applyFiles(call, 'workflow'),
  )

  act(leaf(workflow, 'ls', 'every workflow, with its last run'), run, async ({ cluster, print }) => {
    const answer = await cluster.workflows.list()
    print.result(answer, () => table(answer.value, columns, 'There is none yet: qd workflow apply -f FILE'))
    return 0
  })

  const show = leaf(workflow, 'show <workflow>', 'its steps, versions and runs')
  act<object, readonly [string]>(show, run, async ({ cluster, args, print }) => {
    const { value } = await cluster.workflows.get({ id: workflowIdOf(args[0]) })
    print.result(value, () => describeWorkflow(value))
    return 0
  })

  addStart(workflow, run)
  addRunViews(workflow, run)
  addRunChanges(workflow, run)

  const remove = withReason(leaf(workflow, 'rm <workflow>', 'remove it; runs that live go on'))
  act<Reason, readonly [string]>(remove, run, async ({ cluster, options, args, print }) => {
    const id = workflowIdOf(args[0])
    await cluster.workflows.remove({ id, reason: options.reason ?? '' })
    print.result({ id }, () => `${id} is removed`)
    return 0
  })
}

function addStart(workflow: Command, run: Run): void {
  const start = leaf(workflow, 'run <workflow>', 'start a run')
    .option('--input <json>', 'what expressions read as `input`', json('--input'))
    .option('--key <key>', 'idempotency key: the same key finds the same run')
    .option('--wait', 'until it has ended; the exit code is 0 when it succeeded')
  act<StartFlags, readonly [string]>(start, run, async ({ cluster, options, args, print, io }) => {
    const { runId, existing } = await cluster.workflows.start({
      id: workflowIdOf(args[0]),
      input: (options.input ?? null) as null,
      ...(options.key === undefined ? {} : { idempotencyKey: options.key }),
    })
    if (options.wait) return await followRun(cluster, runId, print, io)
    print.result({ runId, existing }, () => runId)
    return 0
  })
}

function addRunViews(workflow: Command, run: Run): void {
  const runs = leaf(workflow, 'runs [workflow]', 'runs, the newest first').option(
    '--limit <count>',
    'at most so many',
    wholeNumber('--limit', { min: 1, max: 500 }),
    20,
  )
  act<{ limit: number }, readonly [string | undefined]>(runs, run, async ({ cluster, options, args, print }) => {
    const [id] = args
    const answer = await cluster.workflows.runs({
      limit: options.limit,
      ...(id === undefined ? {} : { id: workflowIdOf(id) }),
    })
    print.result(answer, () => table(answer.value, runColumns, 'There was none yet: qd workflow run WORKFLOW'))
    return 0
  })

  const look = leaf(workflow, 'look <run>', 'one run, step by step').option(
    '--wait',
    'until it has ended; the exit code is 0 when it succeeded',
  )
  act<{ wait?: boolean }, readonly [string]>(look, run, async ({ cluster, options, args, print, io }) => {
    const id = workflowRunIdOf(args[0])
    if (options.wait) return await followRun(cluster, id, print, io)
    const { value } = await cluster.workflows.run({ id })
    print.result(value, () => describeRun(value))
    return 0
  })
}

function addRunChanges(workflow: Command, run: Run): void {
  for (const [verb, description, done] of [
    ['cancel', 'start no more, end what lives, undo what was done', 'is being cancelled'],
    ['retry', 'go on from where it failed; what succeeded stays', 'goes on'],
  ] as const) {
    const command = withReason(leaf(workflow, `${verb} <run>`, description))
    act<Reason, readonly [string]>(command, run, async ({ cluster, options, args, print }) => {
      const id = workflowRunIdOf(args[0])
      await cluster.workflows[verb]({ id, reason: options.reason ?? '' })
      print.result({ id }, () => `${id} ${done}`)
      return 0
    })
  }
}

/** Waits for the end and shows the steps. 0 when it succeeded, else 1. Ctrl-C ends the showing only. */
async function followRun(cluster: Client, id: WorkflowRunId, print: Printer, io: Io): Promise<number> {
  const interrupted = io.interrupted()
  let shown = ''
  while (!interrupted.aborted) {
    const { value } = await cluster.workflows.run({ id })
    const running = value.steps.filter(({ state }) => state === 'running').map(({ name }) => name)
    const line = `${value.state}: ${value.stepsSucceeded} of ${value.stepsTotal} steps succeeded${running.length > 0 ? `, ${running.join(', ')} running` : ''}`
    if (line !== shown) print.note(line)
    shown = line
    if (!isLiveWorkflowRun(value)) {
      print.result(value, () => describeRun(value))
      return value.state === 'succeeded' ? 0 : 1
    }
    await delay(LOOK_EVERY_MS, undefined, { signal: interrupted }).catch(() => {})
  }
  print.note(`Still going on. Look again: qd workflow look ${id}`)
  return 130
}
