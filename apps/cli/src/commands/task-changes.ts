import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { taskIdOf } from '../parse/ids.ts'
import { withReason } from '../parse/with-reason.ts'
import { describeEnd } from '../show/describe-task.ts'
import { exitCodeOfTask } from '../show/follow-task.ts'

export function addTaskChangeCommands(task: Command, run: Run): void {
  const cancel = withReason(leaf(task, 'cancel <tasks...>', 'stop them: TERM, then KILL after their grace')).option(
    '--wait',
    'until their processes are gone',
  )
  act<{ reason?: string; wait?: boolean }, readonly [string[]]>(
    cancel,
    run,
    async ({ cluster, options, args, print }) => {
      const ids = args[0].map(taskIdOf)
      for (const id of ids) await cluster.tasks.cancel({ id, reason: options.reason ?? 'by qd' })
      const ended = options.wait ? await Promise.all(ids.map((id) => cluster.tasks.wait(id))) : []
      print.result({ ids, ended }, () =>
        options.wait ? ended.map(describeEnd).join('\n') : `${ids.join(', ')}: asked to stop`,
      )
      return 0
    },
  )

  const rerun = leaf(task, 'rerun <task>', 'make a new task like one that has ended').option(
    '--wait',
    'until it has ended',
  )
  act<{ wait?: boolean }, readonly [string]>(rerun, run, async ({ cluster, options, args, print }) => {
    const made = await cluster.tasks.rerun({ id: taskIdOf(args[0]) })
    if (!options.wait) {
      print.result(made, () => made.taskId)
      return 0
    }
    const ended = await cluster.tasks.wait(made.taskId)
    print.result(ended, () => describeEnd(ended))
    return exitCodeOfTask(ended.row)
  })

  act<{ reason?: string }, readonly [string]>(
    withReason(leaf(task, 'close <task>', 'say that a task whose fate is unknown is over')),
    run,
    async ({ cluster, options, args, print }) => {
      const id = taskIdOf(args[0])
      await cluster.tasks.closeUnknown({ id, reason: options.reason ?? 'by qd' })
      print.result({ id }, () => `${id} is closed as lost`)
      return 0
    },
  )
}
