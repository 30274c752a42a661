import { setTimeout as delay } from 'node:timers/promises'
import type { Operation } from '@quarterdeck/domain'
import type { Client } from '@quarterdeck/sdk'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import type { Io } from '../io.ts'
import { operationIdOf } from '../parse/ids.ts'
import { wholeNumber } from '../parse/options.ts'
import { withReason } from '../parse/with-reason.ts'
import { describeActOutcome } from '../show/act-plan.ts'
import { describeServiceOutcome } from '../show/describe-service-plan.ts'
import { describeDrain } from '../show/drain-plan.ts'
import { ago, moment } from '../show/moments.ts'
import type { Printer } from '../show/printer.ts'
import { type Column, facts, table } from '../show/table.ts'

const LOOK_EVERY_MS = 500

const columns: readonly Column<Operation>[] = [
  { title: 'operation', of: (operation) => operation.id },
  { title: 'kind', of: (operation) => operation.kind },
  { title: 'state', of: (operation) => operation.state },
  {
    title: 'nodes',
    of: ({ nodeIds }) =>
      nodeIds.length > 3 ? `${nodeIds.slice(0, 3).join(' ')} and ${nodeIds.length - 3} more` : nodeIds.join(' '),
  },
  { title: 'by', of: (operation) => operation.by },
  { title: 'started', of: (operation) => `${ago(operation.startedAtMs)} ago` },
  { title: 'reason', of: (operation) => operation.reason },
]

export function addOperationCommands(operation: Command, run: Run): void {
  const list = leaf(operation, 'ls', 'the newest first').option(
    '--limit <count>',
    'at most so many',
    wholeNumber('--limit', { min: 1, max: 1_000 }),
    20,
  )
  act<{ limit: number }>(list, run, async ({ cluster, options, print }) => {
    const answer = await cluster.operations.list({ limit: options.limit })
    print.result(answer, () => table(answer.value, columns, 'There was none yet.'))
    return 0
  })

  const show = leaf(operation, 'show <operation>', 'one operation, node by node').option(
    '--wait',
    'until it has ended; shows its progress',
  )
  act<{ wait?: boolean }, readonly [string]>(show, run, async ({ cluster, options, args, print, io }) => {
    const id = operationIdOf(args[0])
    if (options.wait) return await followOperation(cluster, id, print, io)
    const answer = await cluster.operations.get({ id })
    print.result(answer, () => describe(answer.value))
    return 0
  })
}

/** What can be done with one operation: ending it, and carrying out a plan that somebody shared. */
export function addOperationChangeCommands(operation: Command, run: Run): void {
  const stop = withReason(leaf(operation, 'stop <operation>', 'end a drain or rebalance where it is'))
  act<{ reason?: string }, readonly [string]>(stop, run, async ({ cluster, options, args, print }) => {
    const id = operationIdOf(args[0])
    await cluster.operations.stop({ id, reason: options.reason ?? 'by qd' })
    print.result({ id, stopped: true }, () => `${id} is stopped; what has moved stays where it is`)
    return 0
  })

  const apply = withReason(
    leaf(operation, 'apply <operation>', 'carry out a plan that was shared, if the cluster is still as it saw it'),
  ).option('--wait', 'until it has ended; shows its progress')
  act<{ reason?: string; wait?: boolean }, readonly [string]>(
    apply,
    run,
    async ({ cluster, options, args, print, io }) => {
      const { value } = await cluster.operations.get({ id: operationIdOf(args[0]) })
      const { plan } = value
      if (value.kind !== 'plan' || !plan) throw new UsageError(`${value.id} is a ${value.kind}, not a shared plan`)
      const reason = options.reason ?? (value.reason || 'by qd')
      const { operationId } = await cluster.nodes.drain({
        ids: plan.nodeIds,
        options: plan.options,
        reason,
        planId: plan.id,
      })
      if (options.wait) return await followOperation(cluster, operationId, print, io)
      print.result({ operationId }, () => `Draining. Follow it with: qd operation show ${operationId}`)
      return 0
    },
  )
}

/** Shows each change of an operation until it has ended. 0 when it is done, 1 when it was stopped or failed. Ctrl-C ends the showing only. */
export async function followOperation(cluster: Client, id: Operation['id'], print: Printer, io: Io): Promise<number> {
  const interrupted = io.interrupted()
  let shown = ''
  while (!interrupted.aborted) {
    const { value } = await cluster.operations.get({ id }, { signal: interrupted })
    const lines = progressOf(value)
    if (lines !== shown) print.note(lines)
    shown = lines
    if (value.state !== 'running') {
      print.result(value, () => `${value.kind} ${value.state}`)
      return value.state === 'done' ? 0 : 1
    }
    await delay(LOOK_EVERY_MS, undefined, { signal: interrupted }).catch(() => {})
  }
  print.note(`Still going on. Look again: qd operation show ${id}`)
  return 130
}

function progressOf({ progress, service }: Operation): string {
  if (service) return describeServiceOutcome(service)
  return progress
    .map(({ nodeId, state, tasksAtStart, tasksLeft, blockedBy }) => {
      const because = blockedBy.length > 0 ? `, waits for: ${blockedBy.join('; ')}` : ''
      const left = tasksAtStart > 0 ? `, ${tasksLeft} of ${tasksAtStart} tasks left` : ''
      return `${nodeId}: ${state}${left}${because}`
    })
    .join('\n')
}

function describe(operation: Operation): string {
  const about = facts([
    ['operation', operation.id],
    ['kind', operation.kind],
    ['state', operation.state],
    ['by', operation.by],
    ['reason', operation.reason],
    ['started', moment(operation.startedAtMs)],
    ['ended', operation.endedAtMs === null ? null : moment(operation.endedAtMs)],
  ])
  const planned = new Map<string, { readonly fate: string; readonly toNodeId: string | null }>([
    ...(operation.plan?.moves ?? operation.act?.plan.moves ?? []).map((move) => [move.taskId, move] as const),
    ...(operation.rebalance?.moves ?? []).map(
      (move) => [move.taskId, { fate: 'moves', toNodeId: move.toNodeId }] as const,
    ),
  ])
  if (operation.service) return [about, '', describeServiceOutcome(operation.service)].join('\n')
  if (operation.kind === 'plan' && operation.plan) return [about, '', describeDrain(operation.plan)].join('\n')
  const actual = table(
    operation.actual,
    [
      { title: 'task', of: ({ taskId }) => taskId },
      { title: 'planned', of: ({ taskId }) => fate(planned.get(taskId)) },
      { title: 'what happened', of: (each) => fate(each) },
    ],
    'Nothing has happened to a task.',
  )
  const { act } = operation
  const changed = act ? [describeActOutcome(act.plan, act.actual), ''] : []
  const tasks = act && operation.actual.length === 0 ? [] : ['', actual]
  return [about, '', ...changed, progressOf(operation), ...tasks].join('\n')
}

function fate(move: { readonly fate: string; readonly toNodeId: string | null } | undefined): string | null {
  return move ? `${move.fate}${move.toNodeId ? ` to ${move.toNodeId}` : ''}` : null
}
