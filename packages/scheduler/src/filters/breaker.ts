import type { Filter } from '../filter.ts'

/** The job of the task has not just failed on this node again and again. */
export const breaker: Filter = {
  name: 'breaker',
  summary: 'The job does not keep failing on this node',

  reach: ({ broken }) => (broken.size > 0 ? 'node' : 'nothing'),
  reject: ({ broken }, { node }) => (broken.has(node.id) ? 'breaker open' : null),
  explain: ({ broken }, { node }) => (broken.get(node.id) ?? `no breaker is open on ${node.id}`).slice(0, 300),
  effort: () => 0.2,
  remedy: (_request, { node }) => `waiting until ${node.id} is tried again, or closing its breaker by hand`,
}
