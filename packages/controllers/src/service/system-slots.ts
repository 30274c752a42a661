import { isTerminal, type Node, type ReplicaTemplate, type Task } from '@quarterdeck/domain'

export type SystemSlots = { readonly slots: readonly string[]; readonly keptSlots: ReadonlySet<string> }

/**
 * The nodes that a system service belongs on. A node that takes no new work keeps the replica that it has, and one that is away keeps
 * its own too: it comes back with it. One that left, or does not match any more, has none.
 */
export function systemSlots(
  nodes: Iterable<Node>,
  template: Pick<ReplicaTemplate, 'onNodes' | 'notOnNodes' | 'driver'>,
  tasks: readonly Task[],
  /** Whether the labels of the node satisfy the service's constraints. */
  satisfies: (node: Node) => boolean,
): SystemSlots {
  const filled = new Set(tasks.filter(({ state }) => !isTerminal(state)).map(({ replica }) => replica?.slot))
  const slots: string[] = []
  const keptSlots = new Set<string>()
  for (const node of nodes) {
    const { id, health, scheduling, facts } = node
    const isNamed = template.onNodes.length === 0 || template.onNodes.includes(id)
    if (!isNamed || template.notOnNodes.includes(id) || !facts.drivers.includes(template.driver) || !satisfies(node))
      continue
    if (health === 'left') continue
    const takesWork = health === 'ready' && scheduling === 'open'
    if (health === 'down') keptSlots.add(id)
    else if (takesWork || filled.has(id)) slots.push(id)
  }
  return { slots: slots.sort(), keptSlots }
}

/** The slots of a service with so many replicas. */
export function replicaSlots(replicas: number): string[] {
  return Array.from({ length: replicas }, (_, index) => String(index))
}
