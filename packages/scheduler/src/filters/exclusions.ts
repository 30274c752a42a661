import type { Filter } from '../filter.ts'

/** The task may run on this very node: its lists allow it, no attempt was just rejected there, and no plan takes it for closed. */
export const exclusions: Filter = {
  name: 'exclusions',
  summary: 'The task may run on this node by its own lists, and was not just rejected there',

  reach: ({ onNodes, notOnNodes, never, closed }) =>
    onNodes || notOnNodes.size > 0 || never.size > 0 || closed.size > 0 ? 'node' : 'nothing',

  reject({ onNodes, notOnNodes, never, closed, closedAs }, { node }) {
    if (closed.has(node.id)) return closedAs
    if (onNodes && !onNodes.has(node.id)) return 'not among the nodes asked for'
    if (notOnNodes.has(node.id)) return 'ruled out by the task'
    if (never.has(node.id)) return 'rejected it before'
    return null
  },

  explain(request, { node }) {
    const { onNodes, notOnNodes, closed, closedAs, spec, task } = request
    if (closed.has(node.id)) return `${node.id} is ${closedAs}`
    if (onNodes && !onNodes.has(node.id)) {
      return `${node.id} is not among the nodes asked for (${spec.onNodes.slice(0, 5).join(', ')})`.slice(0, 300)
    }
    if (notOnNodes.has(node.id)) return `the task rules ${node.id} out`
    const rejected = task.attempts.find((attempt) => attempt.nodeId === node.id && attempt.outcome === 'rejected')
    return `${node.id} rejected it${rejected?.exit?.error ? `: ${rejected.exit.error}` : ''}`.slice(0, 300)
  },

  effort({ onNodes, notOnNodes, closed }, { node }) {
    if (closed.has(node.id)) return null
    return (onNodes && !onNodes.has(node.id)) || notOnNodes.has(node.id) ? 1.1 : 0.1
  },

  remedy({ onNodes, notOnNodes }, { node }) {
    if (onNodes && !onNodes.has(node.id)) return `allowing it on ${node.id}`
    return notOnNodes.has(node.id) ? `no longer ruling out ${node.id}` : `waiting until ${node.id} is tried again`
  },
}
