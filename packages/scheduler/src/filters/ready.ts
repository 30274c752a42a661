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

  effort: (_request, { node }) => {
    if (node.quarantined || node.health === 'left') return null
    if (node.health !== 'ready') return 0.5
    return node.scheduling === 'draining' ? 0.6 : 0.2
  },

  remedy: (_request, { node }) => {
    if (node.health !== 'ready') return `${node.id} coming back (it is ${node.health})`
    return node.scheduling === 'draining'
      ? `stopping the drain of ${node.id} and uncordoning it`
      : `uncordoning ${node.id}`
  },
}

function rejection(node: Node): string | null {
  if (node.quarantined) return 'in quarantine'
  if (node.health !== 'ready') return node.health
  return node.scheduling === 'open' ? null : node.scheduling
}
