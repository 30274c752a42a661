import type { TaskAffinity, TaskSpec } from '@quarterdeck/domain'
import type { ClusterSnapshot } from '../cluster-snapshot.ts'
import type { Neighbours } from '../neighbours.ts'
import type { Pending } from '../plan-types.ts'
import { groupAt, type LabelColumn } from './label-columns.ts'
import type { Repulsion } from './repulsion.ts'

/** What a task's tie to a job means on the cluster as it is: which groups of nodes are open to it. */
export type Tie = {
  readonly how: TaskAffinity['how']
  readonly job: string
  readonly column: LabelColumn
  /** By group: how many tasks of the job are there. */
  readonly counts: Int32Array
  /** The job holds no node at all, and this is one of it: the first may go anywhere. */
  readonly isFirst: boolean
  /** The other side asked for it. */
  readonly isTheirs: boolean
  /** Of a wish. */
  readonly weight: number | null
}

type Counts = { readonly neighbours: Neighbours; readonly repulsion: Repulsion }

/** The jobs that a task keeps away from itself. */
export function apartOf({ taskAffinities }: Pick<TaskSpec, 'taskAffinities'>): readonly TaskAffinity[] {
  return (taskAffinities ?? []).filter(({ how, weight }) => how === 'apart' && weight === undefined)
}

export const noTies: readonly Tie[] = []

export function tiesOf({ task, spec }: Pending, snapshot: ClusterSnapshot, counts: Counts): readonly Tie[] {
  const keepers = counts.repulsion.keeping(task.name)
  if (!spec.taskAffinities?.length && keepers.length === 0) return noTies
  const own = (spec.taskAffinities ?? []).map(({ how, job, within, weight }): Tie => {
    const nodes = counts.neighbours.nodesOf(job)
    return {
      how,
      job,
      ...countByGroup(snapshot, within, nodes),
      isFirst: how === 'with' && job === task.name && nodes.size === 0,
      isTheirs: false,
      weight: weight ?? null,
    }
  })
  const theirs = keepers
    .filter(({ by }) => by !== task.name)
    .map(({ by, within, nodes }): Tie => {
      const counted = countByGroup(snapshot, within, nodes)
      return { how: 'apart', job: by, ...counted, isFirst: false, isTheirs: true, weight: null }
    })
  return [...own, ...theirs]
}

/** Whether a node keeps what the tie asks for. */
export function keeps({ how, column, counts, isFirst }: Tie, index: number): boolean {
  const group = groupAt(column, index)
  const holds = group >= 0 && (counts[group] ?? 0) > 0
  return how === 'apart' ? !holds : holds || isFirst
}

/**
 * What two requests of one plan must have in common for the same nodes to be open to both. A wish closes none; where the label is the
 * node itself, keeping apart only ever closes the node that was placed on, which the screener asks again anyway.
 */
export function tieState({ how, column, counts, weight }: Tie): string {
  if (weight !== null || (how === 'apart' && column.label === 'node')) return ''
  return [...counts.keys()].filter((group) => (counts[group] ?? 0) > 0).join(',')
}

export function countByGroup(
  snapshot: ClusterSnapshot,
  label: string,
  nodes: ReadonlyMap<number, number>,
): { readonly column: LabelColumn; readonly counts: Int32Array } {
  const column = snapshot.derived.columns.of(snapshot, label)
  const counts = new Int32Array(column.values.length)
  for (const [index, count] of nodes) {
    const group = groupAt(column, index)
    if (group >= 0) counts[group] = (counts[group] ?? 0) + count
  }
  return { column, counts }
}
