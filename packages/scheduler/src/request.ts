import type { Breaker, Constraint, NodeId, Resources, Task, TaskSpec } from '@quarterdeck/domain'
import type { ClusterSnapshot } from './cluster-snapshot.ts'
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
  /** Not there while its job keeps failing there, with the sentence that says so. */
  readonly broken: ReadonlyMap<NodeId, string>
}

const none: ReadonlySet<NodeId> = new Set()

/** Attempts of a job that a half-open breaker lets onto its node at a time. */
const PROBES_AT_ONCE = 3

/** @param probes how many attempts this plan has offered to each half-open breaker so far; counted on here */
export function requestOf(
  { task, spec }: Pending,
  { nowMs, closedNodes }: PlanContext,
  snapshot: Pick<ClusterSnapshot, 'breakers' | 'neighbours' | 'entryOf'>,
  probes: Map<string, number> = new Map(),
): Request {
  function probesLeft({ id, job, nodeId }: Breaker): number {
    const entry = snapshot.entryOf(nodeId)
    const running = entry ? snapshot.neighbours.of(job).onNode(entry.index) : 0
    const offered = probes.get(id) ?? 0
    probes.set(id, offered + 1)
    return PROBES_AT_ONCE - running - offered
  }

  const avoided = task.avoid.filter((entry) => entry.untilMs > nowMs)
  const nodesOf = (how: 'never' | 'prefer') =>
    avoided.length === 0 ? none : new Set(avoided.filter((entry) => entry.how === how).map((entry) => entry.nodeId))

  return {
    task,
    spec,
    resources: task.resources,
    constraints: spec.constraints,
    onNodes: spec.onNodes.length > 0 ? new Set(spec.onNodes) : null,
    notOnNodes: spec.notOnNodes.length > 0 ? new Set(spec.notOnNodes) : none,
    never: nodesOf('never'),
    rather: nodesOf('prefer'),
    closed: closedNodes ?? none,
    broken: snapshot.breakers.closedTo({ task, spec }, nowMs, probesLeft),
  }
}

/** Requests with equal keys get equal answers from every class filter. */
export function classShapeOf({ spec }: Request): string {
  return JSON.stringify([spec.driver, spec.handler?.name ?? null, spec.constraints])
}

/** Requests with equal keys are refused alike by the same cluster, and score its nodes alike but for the name. */
export function shapeOf(request: Request): string {
  const { spec, resources, never, broken } = request
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
  ])
}
