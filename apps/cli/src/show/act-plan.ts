import { type ActOutcome, type ActPlan, actFacts, estimateInWords } from '@quarterdeck/domain'
import { moveInWords } from './loss-plan.ts'
import { table } from './table.ts'

/** What an act would do, the worries first. */
export function describeActPlan(plan: ActPlan): string {
  const { act, nodeIds, sentences, moves, estimateMs } = plan
  return [
    `Plan ${plan.id}: ${act} ${nodeIds.join(', ')}`,
    ...sentences.map(({ tone, text }) => `${tone === 'warn' ? '!' : ' '} ${text}`),
    ...moves.map(moveInWords),
    ...(estimateMs ? [`  Takes ${estimateInWords(estimateMs)}.`] : []),
    '',
    table(
      actFacts(plan),
      [
        { title: 'what', of: ({ what }) => what },
        { title: 'now', of: ({ before }) => before },
        { title: 'then', of: ({ planned }) => planned },
      ],
      'It changes no amount.',
    ),
  ].join('\n')
}

/** The plan beside what came of it. */
export function describeActOutcome(plan: ActPlan, actual: ActOutcome | null): string {
  return table(
    actFacts(plan, actual),
    [
      { title: 'what', of: ({ what }) => what },
      { title: 'before', of: ({ before }) => before },
      { title: 'planned', of: ({ planned }) => planned },
      { title: 'what happened', of: ({ happened }) => happened ?? 'not yet' },
    ],
    'It was to change no amount.',
  )
}
