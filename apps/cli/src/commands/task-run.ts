import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { duration } from '../parse/options.ts'
import { withRunOptions } from '../parse/run-options.ts'
import { type RunFlags, taskOf } from '../parse/task-of.ts'
import { describeEnd } from '../show/describe-task.ts'
import { exitCodeOfTask, followTask } from '../show/follow-task.ts'

type Flags = RunFlags & { readonly wait?: boolean; readonly follow?: boolean }

export function addTaskRunCommand(task: Command, run: Run): void {
  const command = withRunOptions(leaf(task, 'run [command...]', 'run a program on a node: qd task run -- prog args…'))
    // What follows the program is the program's own.
    .passThroughOptions()
    .option('--delay <duration>', 'not before', duration('--delay'))
    .option('--idempotency-key <key>', 'the same key again finds this task and makes no second one')
    .option('--wait', 'until it has ended; the exit code is 0 when it succeeded')
    .option('--follow', "show its output as it comes; the exit code is the task's own")

  act<Flags, readonly [string[]]>(command, run, async ({ cluster, options, args, print, io }) => {
    const wanted = taskOf(options, args[0], Date.now())
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
