import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { Refused } from '../failure.ts'
import { describeRebalance } from '../show/rebalance-plan.ts'
import { withReason } from './node-changes.ts'
import { followOperation } from './operations.ts'

type Flags = {
  readonly reason?: string
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly wait?: boolean
}

export function addRebalanceCommand(program: Command, run: Run): void {
  const rebalance = withReason(
    leaf(program, 'rebalance', 'the few moves that would even the nodes out; shows them before it asks'),
  )
    .option('--dry-run', 'only show the advice')
    .option('--yes', 'do not ask')
    .option('--wait', 'until the moves have ended; shows their progress')
  act<Flags>(rebalance, run, async ({ cluster, options, print, io }) => {
    const plan = await cluster.cluster.rebalanceAdvice()
    if (options.dryRun || plan.moves.length === 0) {
      print.result(plan, () => describeRebalance(plan))
      return 0
    }
    print.note(describeRebalance(plan))
    if (!options.yes) {
      if (!io.isInteractive || print.json)
        throw new Refused('Nothing was moved. Add --yes to carry this out, or --dry-run to only look')
      const many = plan.moves.length === 1 ? '1 task is' : `${plan.moves.length} tasks are`
      const answer = await io.ask(`Rebalance? ${many} stopped and started elsewhere. [y/N] `)
      if (!/^y(es)?$/i.test(answer)) throw new Refused('Nothing was moved')
    }
    const { operationId } = await cluster.cluster.rebalance({ planId: plan.id, reason: options.reason ?? 'by qd' })
    if (options.wait) return await followOperation(cluster, operationId, print, io)
    print.result({ operationId, plan }, () => `Rebalancing. Follow it with: qd operation show ${operationId} --wait`)
    return 0
  })
}
