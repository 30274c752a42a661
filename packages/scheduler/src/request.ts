import type { Breaker, Constraint, NodeId, Resources, Task, TaskSpec } from '@quarterdeck/domain'
import { tolerates } from '@quarterdeck/domain'
import { type Evenness, evennessState, noEvenness } from './affinity/evenness.ts'
import { evennessOf } from './affinity/measure-evenness.ts'
import type { Repulsion } from './affinity/repulsion.ts'
import { type Tie, tieState, tiesOf } from './affinity/ties.ts'
import type { ClusterSnapshot } from './cluster-snapshot.ts'
import type { Neighbours } from './neighbours.ts'
import type { Pending, PlanContext } from './plan-types.ts'

/** What one task asks of a node, prepared once so that filters only look up. */
export type Request = {
  readonly task: Task
  readonly spec: TaskSpec
  readonly resources: Resources
  readonly constraints: readonly Constraint[]
  /** Null: any node. */
  readonly onNodes: ReadonlySet<NodeId> | null
  readonly notOnNodes: ReadonlySet<NodeId>
  /** Not there, until a moment that has not come. */
  readonly never: ReadonlySet<NodeId>
  /** Others first. */
  readonly rather: ReadonlySet<NodeId>
  readonly closed: ReadonlySet<NodeId>
  readonly closedAs: string
  /** Not there while its job keeps failing there, with the sentence that says so. */
  readonly broken: ReadonlyMap<NodeId, string>
  /** Not there while it holds so many of its job. */
  readonly full: ReadonlyMap<NodeId, number>
  /** What it has to do with tasks of other jobs, and they with it. */
  readonly ties: readonly Tie[]
  /** How even its job must lie over labels. */
  readonly evenness: readonly Evenness[]
}

const none: ReadonlySet<NodeId> = new Set()

/** Attempts of a job that a half-open breaker lets onto its node at a time. */
const PROBES_AT_ONCE = 3

/** What of the snapshot changes as a plan places. */
export type Counted = { readonly neighbours: Neighbours; readonly repulsion: Repulsion }

/** @param counted with the placements of the plan at hand */
export function requestOf(
  { task, spec }: Pending,
  { nowMs, closedNodes, closedAs = 'being drained' }: PlanContext,
  snapshot: ClusterSnapshot,
  counted: Counted = snapshot,
): Request {
  function probesLeft({ job, nodeId }: Breaker): number {
    const entry = snapshot.entryOf(nodeId)
    const running = entry ? counted.neighbours.of(job).onNode(entry.index) : 0
    return PROBES_AT_ONCE - running
  }

  const avoided = task.avoid.filter((entry) => entry.untilMs > nowMs)
  const nodesOf = (how: 'never' | 'prefer') =>
    avoided.length === 0 ? none : new Set(avoided.filter((entry) => entry.how === how).map((entry) => entry.nodeId))

  const request = {
    task,
    spec,
    resources: task.resources,
    constraints: spec.constraints,
    onNodes: spec.onNodes.length > 0 ? new Set(spec.onNodes) : null,
    notOnNodes: spec.notOnNodes.length > 0 ? new Set(spec.notOnNodes) : none,
    never: nodesOf('never'),
    rather: withTainted(nodesOf('prefer'), spec, snapshot),
    closed: closedNodes ?? none,
    closedAs,
    broken: snapshot.breakers.closedTo({ task, spec }, nowMs, probesLeft),
    full: fullNodes(spec, snapshot, counted.neighbours),
    ties: tiesOf({ task, spec }, snapshot, counted),
    evenness: noEvenness,
  }
  return spec.spreadOver?.length ? { ...request, evenness: evennessOf(request, snapshot, counted.neighbours) } : request
}

/** Also the nodes whose taint says that others than those who tolerate it should rather not come. */
function withTainted(
  rather: ReadonlySet<NodeId>,
  { tolerations }: TaskSpec,
  { discouraged }: ClusterSnapshot,
): ReadonlySet<NodeId> {
  if (discouraged.size === 0) return rather
  const more = [...discouraged].filter(([, taints]) => taints.some((taint) => !tolerates(tolerations, taint)))
  return more.length === 0 ? rather : new Set([...rather, ...more.map(([id]) => id)])
}

const nowhere: ReadonlyMap<NodeId, number> = new Map()

function fullNodes(
  { name, concurrency }: TaskSpec,
  snapshot: ClusterSnapshot,
  neighbours: Neighbours,
): ReadonlyMap<NodeId, number> {
  const most = concurrency?.perNode
  if (most === undefined) return nowhere
  const full = new Map<NodeId, number>()
  for (const [index, count] of neighbours.nodesOf(name)) {
    const id = snapshot.entry(index)?.node.id
    if (id !== undefined && count >= most) full.set(id, count)
  }
  return full
}

/** Requests with equal keys get equal answers from every class filter. */
export function classShapeOf({ spec }: Request): string {
  return JSON.stringify([
    spec.driver,
    spec.handler?.name ?? null,
    spec.constraints,
    spec.pool ?? null,
    spec.tolerations ?? null,
  ])
}

/** Requests with equal keys are refused alike by the same cluster, and score its nodes alike but for the name. */
export function shapeOf(request: Request): string {
  const { spec, resources, never, broken, full, ties, evenness } = request
  return JSON.stringify([
    spec.strategy,
    spec.driver,
    spec.handler?.name ?? null,
    spec.constraints,
    resources.cpuMillis,
    resources.memoryBytes,
    resources.gpu ?? null,
    spec.hashKey ?? null,
    spec.near ?? null,
    spec.onNodes,
    spec.notOnNodes,
    [...never],
    [...broken.keys()],
    [...full.keys()],
    spec.pool ?? null,
    spec.tolerations ?? null,
    spec.affinities ?? null,
    spec.ports ?? null,
    // The room that is lent to it is lent to no other.
    request.task.room ? request.task.id : null,
    ties.map((tie) => [tie.how, tie.job, tie.column.label, tie.weight, tieState(tie)]),
    evenness.map((each) => [each.column.label, each.skewMax, each.weight, evennessState(each)]),
  ])
}
