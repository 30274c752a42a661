import { groupAt, type LabelColumn } from './label-columns.ts'

/** How evenly a job lies over the values of a label, and how uneven it may become. */
export type Evenness = {
  readonly column: LabelColumn
  readonly counts: Int32Array
  /** The fewest tasks of the job in any group that it could use. */
  readonly least: number
  readonly skewMax: number
  /** Of a wish. */
  readonly weight: number | null
}

export const noEvenness: readonly Evenness[] = []

/** By how much a node would go beyond the allowed unevenness; 0 = not at all, 1 and more = so many tasks. A node without the label: null. */
export function excessAt({ column, counts, least, skewMax }: Evenness, index: number): number | null {
  const group = groupAt(column, index)
  return group < 0 ? null : Math.max(0, (counts[group] ?? 0) + 1 - least - skewMax)
}

/**
 * What two requests of one plan must have in common for the same nodes to be open to both: which groups are closed. A wish closes none;
 * where the label is the node itself, the screener asks a node that was placed on again anyway.
 */
export function evennessState({ column, counts, least, skewMax, weight }: Evenness): string {
  if (weight !== null) return ''
  if (column.label === 'node') return String(least)
  return [...counts.keys()].filter((group) => (counts[group] ?? 0) + 1 - least > skewMax).join(',')
}
