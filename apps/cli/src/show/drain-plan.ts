import { type DrainPlan, estimateInWords, type Move } from '@quarterdeck/domain'
import { table } from './table.ts'

const fates: Readonly<Record<Move['fate'], string>> = {
  'finishes-here': 'may finish here',
  moves: 'moves',
  stays: 'stays',
  ends: 'ends, never run again',
  nowhere: 'no node can take it',
}

/** What a drain will do, task by task, the warnings first. */
export function describeDrain(plan: DrainPlan): string {
  const moves = table(
    plan.moves,
    [
      { title: 'task', of: (move) => move.taskId },
      { title: 'name', of: (move) => move.name },
      { title: 'from', of: (move) => move.fromNodeId },
      { title: 'what happens', of: (move) => fates[move.fate] },
      { title: 'to', of: (move) => move.toNodeId },
      { title: 'because', of: (move) => move.because },
    ],
    'No task is there: the drain only closes the door.',
  )
  const { busiest, estimateMs, counts } = plan
  const lines = [
    ...plan.warnings.map((warning) => `! ${warning}`),
    moves,
    `${counts.move} move, ${counts.finish} may finish, ${counts.stay} stay, ${counts.end} end, ${counts.nowhere} have nowhere to go.`,
    ...(busiest
      ? [`Busiest receiver: ${busiest.nodeId}, ${percent(busiest.before)} -> ${percent(busiest.after)}.`]
      : []),
    ...(estimateMs ? [`Empty in about ${estimateInWords(estimateMs)}.`] : []),
  ]
  return lines.join('\n')
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
