import { type LossPlan, type LossSince, lossCountsInWords, lossTotal, type Move } from '@quarterdeck/domain'
import { table } from './table.ts'

/** What a loss would do, as a person reads it. */
export function describeLoss(plan: LossPlan): string {
  const { id, zone, nodeIds, moves, busiest, warnings } = plan
  const what = zone !== null ? `zone ${zone}` : nodeIds.length === 1 ? String(nodeIds[0]) : `${nodeIds.length} nodes`
  const total = lossTotal(plan)
  const head =
    total === 0
      ? `Plan ${id}: if ${what} were lost, nothing would happen: no task runs there.`
      : `Plan ${id}: if ${what} were lost: ${lossCountsInWords(plan)}.`
  const receiver = busiest
    ? [`Busiest receiver: ${busiest.nodeId} ${percent(busiest.before)} -> ${percent(busiest.after)}`]
    : []
  const more =
    total > moves.length ? [`  and ${total - moves.length} more tasks that begin again elsewhere or wait`] : []
  return [head, ...warnings.map((text) => `! ${text}`), ...receiver, ...moves.map(moveInWords), ...more].join('\n')
}

/** What has become of it since: where the tasks of lost nodes are now, and what would be otherwise for the others. */
export function describeLossSince(plan: LossPlan, { goneNodeIds, difference, actual }: LossSince): string[] {
  const real = new Map(actual.map((each) => [each.taskId, each]))
  const lost = plan.moves.filter(({ taskId }) => real.has(taskId))
  const isAllGone = lost.length === plan.moves.length && lost.length > 0
  return [
    ...(isAllGone ? [] : [difference ? `By now it differs. ${difference}` : 'As of now it would do the same.']),
    ...(goneNodeIds.length === 0
      ? []
      : [
          `Gone since: ${goneNodeIds.join(', ')}.`,
          table(
            lost,
            [
              { title: 'task', of: ({ name }) => name },
              { title: 'foretold', of: ({ fate, toNodeId }) => (toNodeId ? `${fate} to ${toNodeId}` : fate) },
              {
                title: 'happened',
                of: ({ taskId }) => {
                  const { fate, toNodeId } = real.get(taskId) ?? { fate: '-', toNodeId: null }
                  return toNodeId ? `${fate} to ${toNodeId}` : fate
                },
              },
            ],
            'It held no task.',
          ),
        ]),
  ]
}

/** One task of a plan: where it goes and why. */
export function moveInWords({ name, taskId, fate, toNodeId, because }: Move): string {
  const where = fate === 'moves' ? `-> ${toNodeId}` : fate === 'stays' ? 'waits' : 'nowhere'
  return `  ${name} (${taskId}) ${where}: ${because}`
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`
}
