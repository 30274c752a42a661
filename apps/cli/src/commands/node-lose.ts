import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { nodeIdOf } from '../parse/ids.ts'
import { describeLoss } from '../show/loss-plan.ts'

export function addNodeLoseCommand(node: Command, run: Run): void {
  const lose = leaf(
    node,
    'lose [nodes...]',
    'what would become of the tasks if these nodes were gone, kept as a plan for half an hour',
  ).option('--zone <zone>', 'a whole zone')
  act<{ zone?: string }, readonly [string[]]>(lose, run, async ({ cluster, options, args, print }) => {
    const ids = args[0].map(nodeIdOf)
    if (ids.length === 0 && options.zone === undefined) throw new UsageError('name at least one node, or --zone ZONE.')
    const loss = await cluster.nodes.previewLoss({ ids, ...(options.zone === undefined ? {} : { zone: options.zone }) })
    print.result(loss, () => `${describeLoss(loss)}\nRead it again, beside what has happened since: qd plan ${loss.id}`)
    return 0
  })
}
