import { type AutomaticRebalance, automaticRebalanceSchema, limits } from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { wholeNumber } from '../parse/options.ts'
import { withReason } from '../parse/with-reason.ts'
import { confirm } from '../show/confirm.ts'
import { describeRebalance } from '../show/rebalance-plan.ts'
import { followOperation } from './operations.ts'

type Flags = {
  readonly reason?: string
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly wait?: boolean
  readonly automatic?: string
  readonly window?: string
  readonly manual?: boolean
}

export function addRebalanceCommand(program: Command, run: Run): void {
  const rebalance = withReason(
    leaf(program, 'rebalance', 'the few moves that would even the nodes out; shows them before it asks'),
  )
    .option('--dry-run', 'only show the advice')
    .option('--yes', 'do not ask')
    .option('--wait', 'until the moves have ended; shows their progress')
    .option('--automatic <moves>', 'let the cluster move so many tasks an hour by itself from now on')
    .option('--window <from-to>', 'with --automatic: begin only then, UTC, 22:00-05:00 for example')
    .option('--manual', 'move nothing by itself any more')
  act<Flags>(rebalance, run, async ({ cluster, options, print, io }) => {
    if (options.manual || options.automatic !== undefined) {
      const policy = options.manual ? null : policyOf(options)
      await cluster.cluster.updateSettings({ rebalance: policy })
      print.result({ rebalance: policy }, () =>
        policy
          ? `At most ${policy.movesPerHour} tasks an hour are moved by the cluster itself`
          : 'Nothing is moved by itself',
      )
      return 0
    }
    const plan = await cluster.cluster.rebalanceAdvice()
    if (options.dryRun || plan.moves.length === 0) {
      print.result(plan, () => describeRebalance(plan))
      return 0
    }
    print.note(describeRebalance(plan))
    const many = plan.moves.length === 1 ? '1 task is' : `${plan.moves.length} tasks are`
    const question = `Rebalance? ${many} stopped and started elsewhere.`
    await confirm({ io, print, yes: options.yes }, question, 'Nothing was moved')
    const { operationId } = await cluster.cluster.rebalance({ planId: plan.id, reason: options.reason ?? 'by qd' })
    if (options.wait) return await followOperation(cluster, operationId, print, io)
    print.result({ operationId, plan }, () => `Rebalancing. Follow it with: qd operation show ${operationId} --wait`)
    return 0
  })
}

function policyOf({ automatic = '', window }: Flags): AutomaticRebalance {
  const movesPerHour = wholeNumber('--automatic', { min: 1, max: limits.rebalanceMovesMax })(automatic)
  const [from = '', to = ''] = window?.split('-') ?? []
  const parsed = automaticRebalanceSchema.safeParse({
    movesPerHour,
    window: window === undefined ? null : { from, to },
  })
  if (parsed.success) return parsed.data
  throw new UsageError(`--window ${JSON.stringify(window)} must be two times of day, 22:00-05:00 for example`)
}
