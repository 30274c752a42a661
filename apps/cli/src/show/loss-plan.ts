import type { LossPlan, Move } from '@quarterdeck/domain'

/** What a loss would do, as a person reads it. */
export function describeLoss({ nodeIds, moves, counts, busiest, warnings }: LossPlan): string {
  const what = nodeIds.length === 1 ? String(nodeIds[0]) : `${nodeIds.length} nodes`
  if (moves.length === 0) return `If ${what} were lost now: no task runs there, so nothing would happen.`
  const head = `If ${what} were lost now: ${counts.move} would begin again elsewhere, ${counts.wait} would wait as unknown, ${counts.nowhere} would have nowhere to go.`
  const receiver = busiest
    ? [`Busiest receiver: ${busiest.nodeId} ${percent(busiest.before)} -> ${percent(busiest.after)}`]
    : []
  return [head, ...warnings.map((text) => `! ${text}`), ...receiver, ...moves.map(moveInWords)].join('\n')
}

/** One task of a plan: where it goes and why. */
export function moveInWords({ name, taskId, fate, toNodeId, because }: Move): string {
  const where = fate === 'moves' ? `-> ${toNodeId}` : fate === 'stays' ? 'waits' : 'nowhere'
  return `  ${name} (${taskId}) ${where}: ${because}`
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`
}
