import { DEFAULT_POOL, poolNameSchema, type TaintPreview, writeTaint } from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { nodeIdOf } from '../parse/ids.ts'
import { taintOf } from '../parse/taints.ts'
import { withReason } from '../parse/with-reason.ts'
import { confirm } from '../show/confirm.ts'

type TaintFlags = { readonly reason?: string; readonly dryRun?: boolean; readonly yes?: boolean }

/** Who may be placed on a node: its pool and its taints. */
export function addNodePlacingCommands(node: Command, run: Run): void {
  const pool = withReason(leaf(node, 'pool <node> <pool>', `the pool it belongs to (at first: ${DEFAULT_POOL})`))
  act<{ reason?: string }, readonly [string, string]>(pool, run, async ({ cluster, options, args, print }) => {
    const id = nodeIdOf(args[0])
    const name = poolNameSchema.safeParse(args[1])
    if (!name.success) throw new UsageError(`pool ${JSON.stringify(args[1])} is not accepted: write a name such as gpu`)
    await cluster.nodes.setPlacing({ id, pool: name.data, reason: options.reason ?? 'by qd' })
    print.result({ id, pool: name.data }, () => `${id} is in pool ${name.data}; what runs there goes on`)
    return 0
  })

  const taint = withReason(
    leaf(
      node,
      'taint <node> [taints...]',
      'keep off tasks that do not tolerate it: key=value:no-schedule; key- removes',
    ),
  )
    .option('--dry-run', 'only show which tasks no-execute would stop, and where they go')
    .option('--yes', 'do not ask')
  act<TaintFlags, readonly [string, string[]]>(taint, run, async ({ cluster, options, args, print, io }) => {
    const id = nodeIdOf(args[0])
    const removed = args[1].filter((text) => text.endsWith('-') && !text.includes(':')).map((text) => text.slice(0, -1))
    const added = args[1].filter((text) => !(text.endsWith('-') && !text.includes(':'))).map(taintOf)
    const replaced = new Set([...removed, ...added.map(({ key }) => key)])
    const before = (await cluster.nodes.get({ id })).value.taints ?? []
    const taints = [...before.filter(({ key }) => !replaced.has(key)), ...added]
    if (options.dryRun || added.some(({ effect }) => effect === 'no-execute')) {
      const preview = await cluster.nodes.previewTaints({ id, taints })
      if (options.dryRun) {
        print.result(preview, () => describeTaints(preview))
        return 0
      }
      print.note(describeTaints(preview))
      const many = preview.moves.length
      const question = `Stop ${many} ${many === 1 ? 'task' : 'tasks'} on ${id}?`
      await confirm({ io, print, yes: options.yes || many === 0 }, question)
    }
    if (args[1].length > 0) await cluster.nodes.setPlacing({ id, taints, reason: options.reason ?? 'by qd' })
    print.result({ id, taints }, () => taints.map(writeTaint).join('\n') || `${id} has no taints`)
    return 0
  })
}

function describeTaints({ nodeId, moves, stay }: TaintPreview): string {
  const goOn = `${stay} ${stay === 1 ? 'task goes' : 'tasks go'} on there.`
  if (moves.length === 0) return `No task on ${nodeId} would be stopped; ${goOn}`
  const lines = moves.map(
    ({ taskId, name, toNodeId, because }) => `  ${name} (${taskId}) -> ${toNodeId ?? 'nowhere'}: ${because}`,
  )
  return [`Stopped on ${nodeId}:`, ...lines, goOn].join('\n')
}
