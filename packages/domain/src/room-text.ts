import type { ForeseenRoom } from './dispatch-plan.ts'

/** "Stops fills (priority 20) on n1 to make room." */
export function roomInWords({ nodeId, stops }: ForeseenRoom): string {
  const names = stops.map(({ name, priority }) => `${name} (priority ${priority})`).join(', ')
  return `Stops ${names} on ${nodeId} to make room.`
}
