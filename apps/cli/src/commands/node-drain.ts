import { type DrainOptions, drainOptionsSchema, formatDuration, type NodeId } from '@quarterdeck/domain'
import type { Client } from '@quarterdeck/sdk'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { nodeIdOf } from '../parse/ids.ts'
import { duration, wholeNumber } from '../parse/options.ts'
import { withReason } from '../parse/with-reason.ts'
import { confirm } from '../show/confirm.ts'
import { describeDrain } from '../show/drain-plan.ts'
import { followOperation } from './operations.ts'

type Flags = {
  readonly reason?: string
  /** `false`: --no-deadline. */
  readonly deadline?: number | false
  readonly keep?: boolean
  readonly force?: boolean
  readonly now?: boolean
  readonly system?: boolean
  readonly parallel?: number
  readonly uncordon?: boolean
  readonly dryRun?: boolean
  readonly share?: boolean
  readonly yes?: boolean
  readonly wait?: boolean
}

export function addNodeDrainCommands(node: Command, run: Run): void {
  const drain = withReason(leaf(node, 'drain <nodes...>', 'move the work away; shows what will happen before it asks'))
    .option('--deadline <duration>', 'tasks may finish for this long (default 15m)', duration('--deadline'))
    .option('--no-deadline', 'tasks may take as long as they need')
    .option('--keep', 'at the deadline, let the rest run and leave the node cordoned (default)')
    .option('--force', 'at the deadline, stop the rest and run it elsewhere')
    .option('--now', 'stop every task at once and run it elsewhere')
    .option('--system', 'drain system tasks too')
    .option(
      '--parallel <count>',
      'tasks on the move at once (default 4)',
      wholeNumber('--parallel', { min: 1, max: 1_000 }),
    )
    .option('--uncordon', 'open the nodes again once they are empty')
    .option('--dry-run', 'only show what would happen')
    .option('--share', 'with --dry-run: keep the plan as an operation that others can open and apply')
    .option('--yes', 'do not ask')
    .option('--wait', 'until the drain has ended; shows its progress')
  act<Flags, readonly [string[]]>(drain, run, async ({ cluster, options, args, print, io }) => {
    const ids = args[0].map(nodeIdOf)
    if (options.share && !options.dryRun) throw new UsageError('--share goes with --dry-run')
    const drainOptions = optionsOf(options)
    const plan = await cluster.nodes.previewDrain({ ids, options: drainOptions })
    if (options.share) {
      const { operationId } = await cluster.operations.sharePlan({ planId: plan.id, reason: options.reason ?? 'by qd' })
      print.result(
        { operationId, plan },
        () => `${describeDrain(plan)}\nApply it with: qd operation apply ${operationId}`,
      )
      return 0
    }
    if (options.dryRun) {
      print.result(plan, () => `${describeDrain(plan)}\nCarry it out with: qd node confirm ${plan.id}`)
      return 0
    }
    print.note(describeDrain(plan))
    const moving = plan.counts.move + plan.counts.end
    const question = `Drain ${ids.join(', ')}? ${moving} ${moving === 1 ? 'task is' : 'tasks are'} stopped there.`
    await confirm({ io, print, yes: options.yes }, question)
    const reason = options.reason ?? 'by qd'
    const { operationId } = await cluster.nodes.drain({ ids, options: drainOptions, reason, planId: plan.id })
    if (options.wait) return await followOperation(cluster, operationId, print, io)
    print.result({ operationId, plan }, () => `Draining. Follow it with: qd operation show ${operationId}`)
    return 0
  })

  const undrain = withReason(leaf(node, 'undrain <nodes...>', 'stop a drain; what has moved stays where it is')).option(
    '--uncordon',
    'let new work go there again as well',
  )
  act<{ reason?: string; uncordon?: boolean }, readonly [string[]]>(
    undrain,
    run,
    async ({ cluster, options, args, print }) => {
      const ids = args[0].map(nodeIdOf)
      await undrainEach(cluster, ids, { uncordon: options.uncordon === true, reason: options.reason ?? 'by qd' })
      print.result(
        { ids, uncordoned: options.uncordon === true },
        () => `${ids.join(', ')}: ${options.uncordon ? 'open for work' : 'not draining any more, still cordoned'}`,
      )
      return 0
    },
  )
}

/** A node that is already drained has no drain to stop: opening it is an uncordon. */
async function undrainEach(
  cluster: Client,
  ids: readonly NodeId[],
  { uncordon, reason }: { readonly uncordon: boolean; readonly reason: string },
): Promise<void> {
  const rows = new Map((await cluster.nodes.list()).value.map((row) => [row.id, row]))
  const drained = uncordon ? ids.filter((id) => rows.get(id)?.scheduling === 'drained') : []
  const draining = ids.filter((id) => !drained.includes(id))
  if (draining.length > 0) await cluster.nodes.stopDrain({ ids: draining, uncordon, reason })
  if (drained.length > 0) await cluster.nodes.uncordon({ ids: drained, reason })
}

function optionsOf(flags: Flags): DrainOptions {
  const { deadline, keep, force, now, system, parallel, uncordon } = flags
  if (keep && force) throw new UsageError('--keep and --force exclude each other')
  if (now && deadline !== undefined) throw new UsageError('--now stops everything at once: it goes with no deadline')
  if ((keep || force) && (now || deadline === false))
    throw new UsageError(`${keep ? '--keep' : '--force'} needs a deadline`)
  const parsed = drainOptionsSchema.safeParse({
    mode: now ? 'now' : deadline === false ? 'no-deadline' : 'wait',
    ...(typeof deadline === 'number' ? { deadlineMs: deadline } : {}),
    afterDeadline: force ? 'force' : 'keep',
    systemTasks: system ? 'drain' : 'leave',
    ...(parallel === undefined ? {} : { parallelMax: parallel }),
    whenEmpty: uncordon ? 'uncordon' : 'stay-drained',
  })
  if (parsed.success) return parsed.data
  throw new UsageError(`--deadline ${formatDuration(Number(deadline))} must be from 1s to 7d`)
}
