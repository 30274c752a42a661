import {
  isPlaced,
  type Node,
  type NodeTaint,
  type Task,
  type TaskId,
  type TaskSpec,
  tolerationOf,
  type UnixMs,
} from '@quarterdeck/domain'
import { requestStop } from '../task/request-stop.ts'
import type { TaskChange } from '../task-change.ts'

/** A task that a taint `no-execute` makes leave its node, and from when on. */
export type Eviction = { readonly task: Task; readonly taint: NodeTaint; readonly atMs: UnixMs }

/**
 * The tasks that the node's taints do not let go on, each with the moment: at once without a toleration, after the toleration's time
 * with one that has an end, never with one that has none.
 */
export function evictionsOf(
  node: Pick<Node, 'taints'>,
  tasks: Iterable<Task>,
  specOf: (id: TaskId) => TaskSpec | undefined,
  nowMs: UnixMs,
): Eviction[] {
  const taints = (node.taints ?? []).filter(({ effect }) => effect === 'no-execute')
  if (taints.length === 0) return []
  const evictions: Eviction[] = []
  for (const task of tasks) {
    if (!isPlaced(task.state)) continue
    const moments = taints.flatMap((taint) => {
      const toleration = tolerationOf(specOf(task.id)?.tolerations, taint)
      if (!toleration) return [{ task, taint, atMs: nowMs }]
      const { forMs } = toleration
      return forMs === undefined ? [] : [{ task, taint, atMs: ((taint.sinceMs ?? nowMs) + forMs) as UnixMs }]
    })
    const [first] = moments.sort((left, right) => left.atMs - right.atMs)
    if (first) evictions.push(first)
  }
  return evictions
}

/** Stops what has to leave by now; it is queued for another node. Applied twice it changes nothing more. */
export function reconcileEvictions(
  nodes: Iterable<Pick<Node, 'id' | 'taints'>>,
  tasksOn: (id: Node['id']) => Iterable<Task>,
  { specOf, nowMs }: { readonly specOf: (id: TaskId) => TaskSpec | undefined; readonly nowMs: UnixMs },
): TaskChange[] {
  const changes: TaskChange[] = []
  for (const node of nodes) {
    for (const { task, taint, atMs } of evictionsOf(node, tasksOn(node.id), specOf, nowMs)) {
      if (atMs > nowMs || task.stop || task.state === 'unknown') continue
      const graceMs = specOf(task.id)?.killGraceMs ?? 0
      const by = `taint:${taint.key}`
      changes.push(requestStop(task, { why: 'taint', becomes: 'queued', by, graceMs, timeout: null }, nowMs))
    }
  }
  return changes.filter(({ task }) => task.stop?.why === 'taint')
}
