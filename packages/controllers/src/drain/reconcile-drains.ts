import type {
  ClusterEvent,
  Node,
  NodeId,
  Operation,
  OperationId,
  Task,
  TaskId,
  TaskSpec,
  UnixMs,
} from '@quarterdeck/domain'
import type { TaskChange } from '../task-change.ts'
import { drainNode, type NodeProgress } from './drain-node.ts'
import { trackOperation } from './track-operation.ts'

export type DrainInput = {
  /** All nodes, or at least those that are draining and those that a running drain names. */
  readonly nodes: Iterable<Node>
  /** All operations; only running drains are looked at. */
  readonly operations: Iterable<Operation>
  /** Tasks that hold a node. */
  readonly tasksOn: (nodeId: NodeId) => readonly Task[]
  readonly taskOf: (id: TaskId) => Task | undefined
  readonly specOf: (id: TaskId) => TaskSpec | undefined
  /** The live replica in the slot of a service's replica that has ended. */
  readonly replacementOf?: (task: Task) => Task | undefined
  /** Tasks that no other node can take now, with the reason: a drain that may wait does not stop them. */
  readonly nowhere: ReadonlyMap<TaskId, string>
  readonly nowMs: UnixMs
}

/** What must be written for the drains to go on. Tasks, nodes and operations are whole next values. */
export type DrainStep = {
  readonly tasks: readonly TaskChange[]
  readonly nodes: readonly Node[]
  readonly operations: readonly Operation[]
  readonly events: readonly ClusterEvent[]
}

/**
 * Takes every drain one step further: stops tasks whose turn has come, ends the drain of a node that is empty or whose deadline passed,
 * and keeps the operations' progress. Level-triggered; with nothing new to say it returns empty lists.
 */
export function reconcileDrains(input: DrainInput): DrainStep {
  const nodes = [...input.nodes]
  const running = [...input.operations].filter(({ kind, state }) => kind === 'drain' && state === 'running')
  const operationOf = new Map<OperationId, Operation>(running.map((operation) => [operation.id, operation]))

  const tasks: TaskChange[] = []
  const changed: Node[] = []
  const events: ClusterEvent[] = []
  const progress = new Map<NodeId, NodeProgress>()

  for (const node of nodes) {
    if (node.scheduling !== 'draining' || !node.drain) continue
    const step = drainNode(node, node.drain, operationOf.get(node.drain.operationId), input)
    tasks.push(...step.tasks)
    events.push(...step.events)
    progress.set(node.id, step.progress)
    if (step.node) changed.push(step.node)
  }

  const nodeOf = new Map<NodeId, Node>([...nodes, ...changed].map((node) => [node.id, node]))
  const taskOf = overlay(tasks, input.taskOf)
  const operations = running.flatMap((operation) => {
    const next = trackOperation(operation, {
      nodeOf,
      progress,
      taskOf,
      replacementOf: input.replacementOf ?? (() => undefined),
      nowMs: input.nowMs,
    })
    return next ? [next] : []
  })
  return { tasks, nodes: changed, operations, events }
}

function overlay(changes: readonly TaskChange[], taskOf: DrainInput['taskOf']): DrainInput['taskOf'] {
  const next = new Map(changes.map(({ task }) => [task.id, task]))
  return (id) => next.get(id) ?? taskOf(id)
}
