import type { ClusterSnapshot } from '../cluster-snapshot.ts'
import { filters } from '../filters/registry.ts'
import type { Neighbours } from '../neighbours.ts'
import type { Request } from '../request.ts'
import { type Evenness, noEvenness } from './evenness.ts'
import { groupAt, type LabelColumn } from './label-columns.ts'
import { countByGroup } from './ties.ts'

/**
 * Groups count only while one of their nodes is ready and meets what the task asks of nodes: a zone that is down, or has no node of its
 * pool, must not hold up the others by staying at nothing. A zone that is merely full counts.
 */
export function evennessOf(
  request: Omit<Request, 'ties' | 'evenness'>,
  snapshot: ClusterSnapshot,
  neighbours: Neighbours,
): readonly Evenness[] {
  const { spec, task } = request
  if (!spec.spreadOver?.length) return noEvenness
  const nodes = neighbours.nodesOf(task.name)
  return spec.spreadOver.map(({ label, skewMax, weight }) => {
    const { column, counts } = countByGroup(snapshot, label, nodes)
    const usable = usableGroups({ ...request, ties: [], evenness: [] }, snapshot, column)
    let least = Number.POSITIVE_INFINITY
    for (const [group, count] of counts.entries()) if (usable[group] === 1) least = Math.min(least, count)
    return { column, counts, least: Number.isFinite(least) ? least : 0, skewMax, weight: weight ?? null }
  })
}

function usableGroups(request: Request, snapshot: ClusterSnapshot, column: LabelColumn): Uint8Array {
  const usable = new Uint8Array(column.values.length)
  const ofClass = filters.filter((filter) => filter.reach(request) === 'class')
  for (const { sample, members } of snapshot.classes.all()) {
    if (ofClass.some((filter) => filter.reject(request, sample, snapshot.accounts) !== null)) continue
    for (const index of members) {
      const group = groupAt(column, index)
      if (group >= 0 && usable[group] === 0 && isAllowed(request, snapshot, index)) usable[group] = 1
    }
  }
  return usable
}

function isAllowed({ onNodes, notOnNodes }: Request, snapshot: ClusterSnapshot, index: number): boolean {
  if (!onNodes && notOnNodes.size === 0) return true
  const id = snapshot.entry(index)?.node.id
  return id !== undefined && !notOnNodes.has(id) && (!onNodes || onNodes.has(id))
}
