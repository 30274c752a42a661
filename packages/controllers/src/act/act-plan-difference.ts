import type { Node, NodeId } from '@quarterdeck/domain'
import { movesDifference } from '../drain/moves-difference.ts'
import type { PlannedEffect } from './plan-act.ts'

/**
 * What is materially worse or other now than in the plan that was confirmed, in one sentence; null when carrying it out does what it said.
 * More nodes or controllers than the plan counted on do no harm, and how full the nodes are moves all the time.
 */
export function actPlanDifference(
  confirmed: PlannedEffect,
  now: PlannedEffect,
  nodeOf: (id: NodeId) => Pick<Node, 'health' | 'scheduling'> | undefined,
): string | null {
  const moved = movesDifference(confirmed.moves, now.moves, nodeOf)
  if (moved) return moved
  if (confirmed.room && now.room && now.room.after.nodes < confirmed.room.after.nodes)
    return `It was to leave ${count(confirmed.room.after.nodes, 'node')} for new work; now it would leave ${now.room.after.nodes}.`
  if (confirmed.controllers && now.controllers && now.controllers.after < confirmed.controllers.after)
    return `It was to leave ${count(confirmed.controllers.after, 'controller')}; now it would leave ${now.controllers.after}.`
  if (now.handover && now.handover.from !== confirmed.handover?.from)
    return `${now.handover.from} leads by now: leadership would go to ${now.handover.to ?? 'nobody'}.`
  if (now.handover && now.handover.to !== confirmed.handover?.to)
    return `${confirmed.handover?.to ?? 'Nobody'} was to lead next; now it would be ${now.handover.to ?? 'nobody'}.`
  return null
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}
