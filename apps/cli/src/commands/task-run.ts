import type { Race, SuccessRule, TaskSubmitInput } from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, type Call, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { planIdOf } from '../parse/ids.ts'
import { duration, successRule, wholeNumber } from '../parse/options.ts'
import { withRunOptions } from '../parse/run-options.ts'
import { type RunFlags, taskOf } from '../parse/task-of.ts'
import { describeEnd } from '../show/describe-task.ts'
import { describeDispatchPlan } from '../show/dispatch-plan.ts'
import { exitCodeOfTask, followTask } from '../show/follow-task.ts'
import { followBroadcast } from './broadcasts.ts'

type Flags = RunFlags & {
  readonly broadcast?: boolean
  readonly success?: SuccessRule
  readonly race?: string | true
  readonly hedge?: number
  readonly preview?: boolean
  readonly wait?: boolean
  readonly follow?: boolean
}

export function addTaskRunCommand(task: Command, run: Run): void {
  const command = withRunOptions(leaf(task, 'run [command...]', 'run a program on a node: qd task run -- prog args…'))
    // What follows the program is the program's own.
    .passThroughOptions()
    .option('--delay <duration>', 'not before', duration('--delay'))
    .option('--idempotency-key <key>', 'the same key again finds this task and makes no second one')
    .option('--broadcast', 'once on every node that matches, each told its index: QD_SHARD_INDEX of QD_SHARD_TOTAL')
    .option('--success <rule>', 'with --broadcast: all (default), any, or a share such as 80%', successRule)
    .option('--race [nodes]', 'on so many nodes (default 2) at once; the first success wins, the others are stopped')
    .option(
      '--hedge <duration>',
      'with --race: the next node only after so long without a success',
      duration('--hedge'),
    )
    .option('--preview', 'only show where it would run, as a plan that can be confirmed')
    .option('--wait', 'until it has ended; the exit code is 0 when it succeeded')
    .option('--follow', "show its output as it comes; the exit code is the task's own")

  act<Flags, readonly [string[]]>(command, run, async (call) => {
    const { cluster, options, args, print, io } = call
    const wanted = taskOf(options, args[0], Date.now())
    if (options.preview) {
      if (options.broadcast || options.race)
        throw new UsageError('--preview is for one task; the dashboard previews broadcasts')
      const plan = await cluster.tasks.plan(wanted)
      print.result(plan, () => `${describeDispatchPlan(plan)}\nCarry it out with: qd task confirm ${plan.id}`)
      return 0
    }
    if (options.hedge !== undefined && !options.race) throw new UsageError('--hedge belongs to --race')
    if (options.broadcast || options.race) return await runBroadcast(call, wanted)
    if (options.success) throw new UsageError('--success belongs to --broadcast')
    if (options.follow) {
      const { taskId } = await cluster.tasks.submit(wanted)
      print.note(`Task ${taskId}`)
      return await followTask(cluster, taskId, print, io)
    }
    if (options.wait) {
      const ended = await cluster.tasks.run(wanted)
      print.result(ended, () => describeEnd(ended))
      return exitCodeOfTask(ended.row)
    }
    const handedIn = await cluster.tasks.submit(wanted)
    print.result(handedIn, () => `${handedIn.taskId}${handedIn.existing ? ' (submitted before with this key)' : ''}`)
    return 0
  })
}

export function addTaskConfirmCommand(task: Command, run: Run): void {
  const confirm = leaf(task, 'confirm <plan>', 'run what a preview planned, where it said, if that is still possible')
    .option('--wait', 'until it has ended; the exit code is 0 when it succeeded')
    .option('--follow', "show its output as it comes; the exit code is the task's own")
  act<Pick<Flags, 'wait' | 'follow'>, readonly [string]>(
    confirm,
    run,
    async ({ cluster, options, args, print, io }) => {
      const handedIn = await cluster.tasks.confirm({ planId: planIdOf(args[0]) })
      const { taskId } = handedIn
      if (options.follow) return await followTask(cluster, taskId, print, io)
      if (options.wait) {
        const ended = await cluster.tasks.wait(taskId)
        print.result(ended, () => describeEnd(ended))
        return exitCodeOfTask(ended.row)
      }
      print.result(handedIn, () => `${taskId}${handedIn.existing ? ' (confirmed before)' : ''}`)
      return 0
    },
  )
}

/** A broadcast has a grid of results instead of one output. */
async function runBroadcast(
  { cluster, options, print, io }: Pick<Call<Flags, readonly [string[]]>, 'cluster' | 'options' | 'print' | 'io'>,
  task: TaskSubmitInput,
): Promise<number> {
  if (options.follow) throw new UsageError('--follow shows one output; use --wait with --broadcast or --race')
  const { broadcastId } = await cluster.broadcasts.submit({
    task,
    ...(options.success ? { success: options.success } : {}),
    ...(options.race ? { race: raceOf(options.race, options.hedge) } : {}),
    ...(options.timeout ? { timeoutMs: options.timeout } : {}),
  })
  if (options.wait) return await followBroadcast(cluster, broadcastId, print, io)
  print.result({ broadcastId }, () => broadcastId)
  return 0
}

function raceOf(nodes: string | true, hedgeAfterMs = 0): Race {
  return { forks: nodes === true ? 2 : wholeNumber('--race', { min: 2, max: 10 })(nodes), hedgeAfterMs }
}
