import type { RebalancePlan } from '@quarterdeck/domain'
import { table } from './table.ts'

/** The advice in one line, then where each task would go. */
export function describeRebalance(plan: RebalancePlan): string {
  const { moves, skewBefore, skewAfter, nodesCompared, tasksMovable } = plan
  const counted = `${nodesCompared} nodes compared, ${tasksMovable} tasks may be moved`
  if (moves.length === 0) return `No move would cut skew (${percent(skewBefore)}) by much: ${counted}.`
  const head = `${moves.length === 1 ? '1 move' : `${moves.length} moves`} would cut skew ${percent(skewBefore)} -> ${percent(skewAfter)}; ${counted}.`
  const list = table(
    moves,
    [
      { title: 'task', of: ({ taskId }) => taskId },
      { title: 'name', of: ({ name }) => name },
      { title: 'from', of: ({ fromNodeId }) => fromNodeId },
      { title: 'to', of: ({ toNodeId }) => toNodeId },
      { title: 'because', of: ({ because }) => because },
    ],
    '',
  )
  return [head, list].join('\n')
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
