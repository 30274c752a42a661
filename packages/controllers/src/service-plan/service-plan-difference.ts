import type { Node, NodeId, ServiceActPlan, ServiceMove } from '@quarterdeck/domain'

/**
 * What is materially different now from the plan that was confirmed, in one sentence; null when carrying it out does what it said.
 * Another receiver in the new plan does not count: loads move all the time, and the confirmed one is used. It must only still take work.
 */
export function servicePlanDifference(
  confirmed: ServiceActPlan,
  now: ServiceActPlan,
  nodeOf: (id: NodeId) => Pick<Node, 'health' | 'scheduling'> | undefined,
): string | null {
  if (confirmed.fromVersion === 0 && now.fromVersion > 0) return 'The service was made by somebody since.'
  if (confirmed.fromVersion > 0 && now.fromVersion === 0) return 'The service was removed since.'
  if (confirmed.fromVersion !== now.fromVersion)
    return `The service was at version ${confirmed.fromVersion} and is at version ${now.fromVersion} by now.`
  if (confirmed.fromReplicas !== now.fromReplicas)
    return `The service had ${confirmed.fromReplicas} replicas and has ${now.fromReplicas} by now.`
  if (confirmed.basis !== now.basis) return 'The service was changed since.'

  const before = new Map(confirmed.moves.map((move) => [keyOf(move), move]))
  const after = new Map(now.moves.map((move) => [keyOf(move), move]))
  for (const [key, move] of after) {
    const was = before.get(key)
    if (!was) return `Replica ${move.slot} is ${words[move.fate]} now; the plan left it alone.`
    if (was.fate !== move.fate)
      return `Replica ${move.slot}: the plan said "${words[was.fate]}", now it would be "${words[move.fate]}" (${move.because}).`
    if (was.fromNodeId !== move.fromNodeId)
      return `Replica ${move.slot} was on ${was.fromNodeId ?? 'no node'} and is on ${move.fromNodeId ?? 'no node'} by now.`
  }
  for (const [key, move] of before)
    if (!after.has(key)) return `Replica ${move.slot}: the plan said "${words[move.fate]}", now nothing is to be done.`

  for (const id of new Set(confirmed.moves.flatMap(({ toNodeId }) => toNodeId ?? []))) {
    const node = nodeOf(id)
    if (!node) return `${id}, which was to receive replicas, was removed.`
    if (node.health !== 'ready') return `${id}, which was to receive replicas, is ${node.health}.`
    if (node.scheduling !== 'open') return `${id}, which was to receive replicas, is ${node.scheduling}.`
  }
  return null
}

/** A slot may stop one replica and have none begin, never two of a kind. */
function keyOf({ slot, fate }: ServiceMove): string {
  return `${slot}/${fate === 'stops' ? 'stops' : 'begins'}`
}

const words: Record<ServiceMove['fate'], string> = {
  starts: 'started',
  replaced: 'replaced',
  stops: 'stopped',
  nowhere: 'finds no node',
}
