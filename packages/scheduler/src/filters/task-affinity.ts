import { groupAt } from '../affinity/label-columns.ts'
import { keeps, type Tie } from '../affinity/ties.ts'
import type { Filter } from '../filter.ts'
import type { NodeEntry } from '../node-entry.ts'
import type { Request } from '../request.ts'

/** The node is near the jobs that the task must be with, and away from those that it must not. */
export const taskAffinity: Filter = {
  name: 'task-affinity',
  summary: 'The node is with, or apart from, tasks of the jobs that the task names or that name it',

  reach: ({ ties }) => (ties.some(({ weight }) => weight === null) ? 'node' : 'nothing'),

  reject(request, { index }) {
    const broken = brokenTie(request, index)
    return broken ? `${broken.how === 'with' ? 'not with' : 'not apart from'} ${broken.job}` : null
  },

  explain(request, entry) {
    const broken = brokenTie(request, entry.index)
    return (broken ? inWords(broken, entry, request) : `${entry.node.id} is where its jobs allow it`).slice(0, 300)
  },

  effort: () => 0.5,

  remedy(request, { index, node }) {
    const broken = brokenTie(request, index)
    if (!broken) return `nothing on ${node.id}`
    const { how, job, column } = broken
    const place = column.label === 'node' ? node.id : `the ${column.label} of ${node.id}`
    return how === 'with' ? `a task of ${job} in ${place}` : `no task of ${job} in ${place}`
  },
}

function brokenTie({ ties }: Request, index: number): Tie | undefined {
  return ties.find((tie) => tie.weight === null && !keeps(tie, index))
}

function inWords({ how, job, column, counts, isTheirs }: Tie, { index, node }: NodeEntry, { task }: Request): string {
  const group = groupAt(column, index)
  const value = column.values[group]
  if (value === undefined) return `must be with ${job} within ${column.label}, ${node.id} has no label ${column.label}`
  const place = column.label === 'node' ? node.id : `${column.label} ${value} of ${node.id}`
  if (how === 'with') return `must be with ${job}, ${place} holds none of it`
  const count = counts[group] ?? 0
  return isTheirs
    ? `${job} keeps ${task.name} away, ${place} holds ${count} of it`
    : `must be apart from ${job}, ${place} holds ${count} of it`
}
