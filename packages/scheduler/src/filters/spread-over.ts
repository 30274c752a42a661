import { type Evenness, excessAt } from '../affinity/evenness.ts'
import { groupAt } from '../affinity/label-columns.ts'
import type { Filter } from '../filter.ts'
import type { Request } from '../request.ts'

/** The job stays as even over the values of a label as the task asks. */
export const spreadOver: Filter = {
  name: 'spread-over',
  summary: 'The job stays even over the values of the labels that the task names',

  reach: ({ evenness }) => (evenness.some(({ weight }) => weight === null) ? 'node' : 'nothing'),

  reject(request, { index }) {
    const broken = brokenEvenness(request, index)
    return broken ? `uneven over ${broken.column.label}` : null
  },

  explain(request, { index, node }) {
    const broken = brokenEvenness(request, index)
    if (!broken) return `${request.task.name} stays even on ${node.id}`
    const { column, counts, least, skewMax } = broken
    const value = column.values[groupAt(column, index)]
    if (value === undefined) return `must be spread over ${column.label}, ${node.id} has no label ${column.label}`
    const count = counts[groupAt(column, index)] ?? 0
    return `${column.label} ${value} holds ${count} of ${request.task.name} and the emptiest ${least}; one more there would differ by more than ${skewMax}`.slice(
      0,
      300,
    )
  },

  effort: () => 0.4,

  remedy(request, { index, node }) {
    const broken = brokenEvenness(request, index)
    if (!broken) return `nothing on ${node.id}`
    const { column, skewMax } = broken
    return column.values[groupAt(column, index)] === undefined
      ? `a label ${column.label} on ${node.id}`
      : `room where fewest of ${request.task.name} are, or a greatest difference of ${skewMax + (excessAt(broken, index) ?? 1)} over ${column.label}`
  },
}

function brokenEvenness({ evenness }: Request, index: number): Evenness | undefined {
  return evenness.find((each) => each.weight === null && excessAt(each, index) !== 0)
}
