import type { NodeId, NodeRow, Refusal, Role } from '@quarterdeck/domain'
import { nodeCan } from '@quarterdeck/domain'

type NodeAct = keyof typeof nodeCan

/** Which of many nodes an act applies to, and why it applies to none. */
export function allowedOf(
  act: NodeAct,
  nodes: readonly NodeRow[],
  role: Role,
  writeRefusal: Refusal,
): { readonly ids: readonly NodeId[]; readonly refusal: Refusal } {
  if (writeRefusal) return { ids: [], refusal: writeRefusal }
  const refusals = nodes.map((node) => nodeCan[act](node, role))
  const ids = nodes.filter((_, index) => refusals[index] === null).map((node) => node.id)
  return { ids, refusal: ids.length > 0 ? null : (refusals[0] ?? 'No node is selected.') }
}
