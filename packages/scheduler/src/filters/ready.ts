import type { Node } from '@quarterdeck/domain'
import type { Filter } from '../filter.ts'

/** The node answers, and its operators let it take new work. */
export const ready: Filter = {
  name: 'ready',
  summary: 'The node is ready and open for new work',

  reach: () => 'class',

  reject: (_request, { node }) => rejection(node),

  explain: (_request, { node }) => {
    if (node.quarantined) return `${node.id} is in quarantine: ${node.quarantined}`.slice(0, 300)
    return `${node.id} is ${rejection(node) ?? 'ready'}`
  },

  remedy: (_request, { node }) => {
    if (node.quarantined || node.health === 'left') return null
    if (node.health !== 'ready') return { text: `${node.id} coming back (it is ${node.health})`, effort: 0.5 }
    if (node.scheduling === 'draining')
      return { text: `stopping the drain of ${node.id} and uncordoning it`, effort: 0.6 }
    return { text: `uncordoning ${node.id}`, effort: 0.2 }
  },
}

function rejection(node: Node): string | null {
  if (node.quarantined) return 'in quarantine'
  if (node.health !== 'ready') return node.health
  return node.scheduling === 'open' ? null : node.scheduling
}
