import { setTimeout as delay } from 'node:timers/promises'
import type { BroadcastChild, BroadcastId, BroadcastRow, BroadcastView } from '@quarterdeck/domain'
import type { Client } from '@quarterdeck/sdk'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import type { Io } from '../io.ts'
import { broadcastIdOf } from '../parse/ids.ts'
import { wholeNumber } from '../parse/options.ts'
import { ago, moment } from '../show/moments.ts'
import type { Printer } from '../show/printer.ts'
import { type Column, facts, table } from '../show/table.ts'

const LOOK_EVERY_MS = 500

const columns: readonly Column<BroadcastRow>[] = [
  { title: 'broadcast', of: (broadcast) => broadcast.id },
  { title: 'name', of: (broadcast) => broadcast.taskName },
  { title: 'state', of: (broadcast) => broadcast.state },
  { title: 'nodes', of: (broadcast) => broadcast.total, align: 'right' },
  { title: 'succeeded', of: (broadcast) => broadcast.succeeded, align: 'right' },
  { title: 'failed', of: (broadcast) => broadcast.failed, align: 'right' },
  { title: 'by', of: (broadcast) => broadcast.by },
  { title: 'started', of: (broadcast) => `${ago(broadcast.createdAtMs)} ago` },
]

const children: readonly Column<BroadcastChild & { readonly index: number }>[] = [
  { title: 'shard', of: ({ index }) => index, align: 'right' },
  { title: 'node', of: ({ nodeId }) => nodeId },
  { title: 'result', of: ({ ended, created }) => ended ?? (created ? 'lives' : 'not made yet') },
  { title: 'exit', of: ({ exitCode }) => exitCode, align: 'right' },
  { title: 'task', of: ({ taskId }) => taskId },
]

export function addBroadcastCommands(broadcast: Command, run: Run): void {
  const list = leaf(broadcast, 'ls', 'the newest first').option(
    '--limit <count>',
    'at most so many',
    wholeNumber('--limit', { min: 1, max: 500 }),
    20,
  )
  act<{ limit: number }>(list, run, async ({ cluster, options, print }) => {
    const answer = await cluster.broadcasts.list({ limit: options.limit })
    print.result(answer, () =>
      table(answer.value, columns, 'There was none yet: qd task run --broadcast -- prog args…'),
    )
    return 0
  })

  const show = leaf(broadcast, 'show <broadcast>', 'one broadcast, node by node').option(
    '--wait',
    'until it has ended; the exit code is 0 when it succeeded',
  )
  act<{ wait?: boolean }, readonly [string]>(show, run, async ({ cluster, options, args, print, io }) => {
    const id = broadcastIdOf(args[0])
    if (options.wait) return await followBroadcast(cluster, id, print, io)
    const { value } = await cluster.broadcasts.get({ id })
    print.result(value, () => describe(value))
    return 0
  })

  const cancel = leaf(broadcast, 'cancel <broadcast>', 'start no more, and end what lives').option(
    '--reason <text>',
    'shown to everyone',
  )
  act<{ reason?: string }, readonly [string]>(cancel, run, async ({ cluster, options, args, print }) => {
    const id = broadcastIdOf(args[0])
    await cluster.broadcasts.cancel({ id, reason: options.reason ?? '' })
    print.result({ id }, () => `Asked ${id} to stop`)
    return 0
  })
}

/** Waits for the end and shows the grid. 0 when it succeeded by its rule, else 1. Ctrl-C ends the showing only. */
export async function followBroadcast(cluster: Client, id: BroadcastId, print: Printer, io: Io): Promise<number> {
  const interrupted = io.interrupted()
  let shown = ''
  while (!interrupted.aborted) {
    const { value } = await cluster.broadcasts.get({ id })
    const line = `${value.succeeded} of ${value.total} succeeded, ${value.failed} failed`
    if (line !== shown) print.note(line)
    shown = line
    if (value.state !== 'running') {
      print.result(value, () => describe(value))
      return value.state === 'succeeded' ? 0 : 1
    }
    await delay(LOOK_EVERY_MS, undefined, { signal: interrupted }).catch(() => {})
  }
  print.note(`Still going on. Look again: qd broadcast show ${id}`)
  return 130
}

function describe(broadcast: BroadcastView): string {
  const { success } = broadcast
  const about = facts([
    ['broadcast', broadcast.id],
    ['name', broadcast.taskName],
    ['state', broadcast.state],
    ['succeeds when', success.rule === 'share' ? `${success.percent} % succeed` : `${success.rule} succeed`],
    ['succeeded', `${broadcast.succeeded} of ${broadcast.total}`],
    ['by', broadcast.by],
    ['started', moment(broadcast.createdAtMs)],
    ['ended', broadcast.endedAtMs === null ? null : moment(broadcast.endedAtMs)],
  ])
  const rows = broadcast.children.map((child, index) => ({ ...child, index }))
  return [about, '', table(rows, children, 'No node.')].join('\n')
}
