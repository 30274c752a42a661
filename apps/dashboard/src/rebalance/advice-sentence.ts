import type { RebalancePlan } from '@quarterdeck/domain'
import { formatShare, plural } from '../format/amount.ts'

/** "2 moves would cut skew 41 % → 9 %." */
export function adviceSentence({ moves, skewBefore, skewAfter }: RebalancePlan): string {
  if (moves.length === 0) return `Nothing to move: skew is ${formatShare(skewBefore)} and no move would cut it by much.`
  return `${plural(moves.length, 'move')} would cut skew ${formatShare(skewBefore)} → ${formatShare(skewAfter)}.`
}
