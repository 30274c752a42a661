import type { DecisionEntry, ExplainedDecision, ExplainedNow, NodeVerdict, TaskExplanation } from '@quarterdeck/domain'
import { moment } from './moments.ts'
import { table } from './table.ts'

/** Why a task is where it is, what would be decided now, and what is between it and the node that was asked about. */
export function describeExplanation(explanation: TaskExplanation): string {
  const { taskId, name, state, nodeId, reasons, decided, now } = explanation
  const head = `${name} (${taskId}) is ${state}${nodeId ? ` on ${nodeId}` : ''}.`
  const then = decided.length === 0 ? ['Nothing was decided about it yet.'] : decided.map(describeDecided)
  return [
    [head, ...reasons.map((reason) => `! ${reason}`)].join('\n'),
    ...then,
    ...(now ? [describeNow(now)] : ['The view of the cluster is not complete yet: ask again.']),
  ].join('\n\n')
}

function describeDecided(decision: ExplainedDecision): string {
  const { entry } = decision
  const where = entry.nodeId ? ` on ${entry.nodeId}` : ''
  const head = `${moment(entry.atMs)}  attempt ${entry.attempt} ${entry.outcome}${where} by ${entry.strategy}`
  return [head, ...body(decision)].join('\n')
}

function describeNow(now: ExplainedNow): string {
  const { entry } = now
  const where = entry.nodeId ? `would be placed on ${entry.nodeId}` : 'would wait'
  const costs = table(
    now.requirements,
    [
      { title: 'requirement', of: ({ summary }) => summary },
      { title: 'removes', of: ({ removed }) => removed, align: 'right' },
      { title: 'it alone', of: ({ onlyIt }) => onlyIt, align: 'right' },
    ],
    'It requires nothing.',
  )
  return [`If it were placed now it ${where} by ${entry.strategy}`, ...body(now), '', costs].join('\n')
}

function body({ entry, margin, asked }: ExplainedDecision): string[] {
  return [
    `  ${entry.because}`,
    `  ${entry.considered} nodes looked at, ${entry.eligible} eligible`,
    ...removals(entry),
    ...candidates(entry),
    ...(margin ? [`  ahead of ${margin.overNodeId} by ${rounded(margin.score)}`] : []),
    ...(entry.wouldFit ? [`  ${entry.wouldFit}`] : []),
    ...(asked ? verdict(asked) : []),
  ]
}

function removals({ filters }: DecisionEntry): string[] {
  return filters
    .filter(({ removed }) => removed > 0)
    .map(({ filter, removed, example }) => `  ${removed} removed by ${filter}${example ? `: ${example}` : ''}`)
}

function candidates({ top }: DecisionEntry): string[] {
  if (top.length === 0) return []
  return ['  best candidates:', ...top.map(({ nodeId, score, why }) => `    ${nodeId}  ${rounded(score)}  ${why}`)]
}

function verdict({ sentence, remedy }: NodeVerdict): string[] {
  return [`  > ${sentence}`, ...(remedy ? [`  > ${remedy}`] : [])]
}

function rounded(score: number): number {
  return Math.round(score * 1_000) / 1_000
}
