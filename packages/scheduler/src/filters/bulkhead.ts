import type { Filter } from '../filter.ts'

/** No more tasks of the job hold the node than the job allows. */
export const bulkhead: Filter = {
  name: 'bulkhead',
  summary: 'The node holds fewer tasks of the job than the job allows on one node',

  reach: ({ full }) => (full.size > 0 ? 'node' : 'nothing'),
  reject: ({ full }, { node }) => (full.has(node.id) ? 'job at its limit there' : null),
  explain: ({ full, task }, { node }) =>
    `${node.id} holds ${full.get(node.id) ?? 0} tasks of ${task.name}, the most that the job allows on one node`,
  effort: () => 0.3,
  remedy: ({ task }, { node }) => `one of ${task.name} ending on ${node.id}, or a higher limit per node`,
}
