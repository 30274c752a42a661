import type { Breaker } from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { nodeIdOf } from '../parse/ids.ts'
import { withReason } from '../parse/with-reason.ts'
import { ago } from '../show/moments.ts'
import { type Column, table } from '../show/table.ts'

const columns: readonly Column<Breaker>[] = [
  { title: 'job', of: ({ job }) => job },
  { title: 'node', of: ({ nodeId }) => nodeId },
  { title: 'state', of: ({ state }) => state },
  { title: 'since', of: ({ sinceMs }) => `${ago(sinceMs)} ago` },
  { title: 'trips', of: ({ trips }) => trips, align: 'right' },
  { title: 'because', of: ({ because }) => because },
]

export function addBreakerCommands(breaker: Command, run: Run): void {
  act<object>(
    leaf(breaker, 'ls', 'jobs that are kept away from nodes on which they failed'),
    run,
    async ({ cluster, print }) => {
      const answer = await cluster.faults.breakers()
      print.result(answer, () => table(answer.value, columns, 'Every job may run on every node.'))
      return 0
    },
  )

  const close = withReason(leaf(breaker, 'close <job> <node>', 'let the job run on the node again at once'))
  act<{ reason?: string }, readonly [string, string]>(close, run, async ({ cluster, options, args, print }) => {
    const [job, node] = args
    await cluster.faults.closeBreaker({ job, nodeId: nodeIdOf(node), reason: options.reason ?? 'by qd' })
    print.result({ job, nodeId: node }, () => `${job} may run on ${node} again.`)
    return 0
  })
}

/** The queue of tasks that are tried again in the background. */
export function addFailbackCommands(failback: Command, run: Run): void {
  act<object>(
    leaf(failback, 'show', 'how many tasks wait, and whether they are held'),
    run,
    async ({ cluster, print }) => {
      const answer = await cluster.faults.failback()
      const { waiting, paused } = answer.value
      print.result(
        answer,
        () => `${waiting} waiting${paused ? '; paused: none is tried again until qd failback resume' : ''}`,
      )
      return 0
    },
  )
  for (const [name, paused, about] of [
    ['pause', true, 'try none again until resumed'],
    ['resume', false, 'go on with those that are due'],
  ] as const) {
    const command = withReason(leaf(failback, name, about))
    act<{ reason?: string }>(command, run, async ({ cluster, options, print }) => {
      await cluster.faults.setFailbackPaused({ paused, reason: options.reason ?? 'by qd' })
      print.result({ paused }, () => (paused ? 'Background retries wait.' : 'Background retries go on.'))
      return 0
    })
  }
}
