import type { Constraint, NodeId, Resources, Task, TaskSpec } from '@quarterdeck/domain'
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
}

const none: ReadonlySet<NodeId> = new Set()

export function requestOf({ task, spec }: Pending, { nowMs, closedNodes }: PlanContext): Request {
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
  }
}

/** Requests with equal keys get equal answers from every class filter. */
export function classShapeOf({ spec }: Request): string {
  return JSON.stringify([spec.driver, spec.handler?.name ?? null, spec.constraints])
}

/** Requests with equal keys are refused alike by the same cluster, and score its nodes alike but for the name. */
export function shapeOf(request: Request): string {
  const { spec, resources, never } = request
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
  ])
}
