import {
  isPlaced,
  isTerminal,
  type Move,
  type Node,
  type NodeId,
  type Operation,
  type Task,
  type TaskId,
  type UnixMs,
} from '@quarterdeck/domain'
import type { NodeProgress } from './drain-node.ts'

type World = {
  readonly nodeOf: ReadonlyMap<NodeId, Node>
  /** Of the nodes that this step drained. */
  readonly progress: ReadonlyMap<NodeId, NodeProgress>
  readonly taskOf: (id: TaskId) => Task | undefined
  /** The live replica in the slot of a replica that has ended. */
  readonly replacementOf: (task: Task) => Task | undefined
  readonly nowMs: UnixMs
}

/** A moved task is placed within a moment of its stop. One that waits longer has nowhere to go, and the drain is over without it. */
const PLACED_WITHIN_MS = 10_000

type ProgressEntry = Operation['progress'][number]

/** The operation as the world is now; null when it already says so. */
export function trackOperation(operation: Operation, world: World): Operation | null {
  const progress = operation.progress.map((entry) => trackNode(entry, operation, world))
  const actual = (operation.plan?.moves ?? []).map((move) => whatHappened(move, world))
  const isOver =
    progress.every(({ state }) => state !== 'running' && state !== 'waiting') &&
    !actual.some(({ taskId, fate }) => fate === 'waiting' && isJustStopped(world, taskId))
  const next: Operation = {
    ...operation,
    progress,
    actual,
    ...(isOver ? { state: outcomeOf(progress), endedAtMs: world.nowMs } : {}),
  }
  return sameText(next, operation) ? null : next
}

/** A node that is no longer draining under this operation was drained, stopped by an operator, or removed. */
function trackNode(entry: ProgressEntry, operation: Operation, { nodeOf, progress }: World): ProgressEntry {
  if (entry.state === 'done' || entry.state === 'stopped' || entry.state === 'failed') return entry
  const node = nodeOf.get(entry.nodeId)
  const now = progress.get(entry.nodeId)
  if (!now || (node?.drain && node.drain.operationId !== operation.id)) {
    const isEmpty = !node || node.scheduling === 'drained'
    return { ...entry, state: isEmpty ? 'done' : 'stopped', tasksLeft: isEmpty ? 0 : entry.tasksLeft, blockedBy: [] }
  }
  return {
    ...entry,
    state: now.state,
    tasksAtStart: Math.max(entry.tasksAtStart, now.tasksLeft),
    tasksLeft: now.tasksLeft,
    blockedBy: [...now.blockedBy],
  }
}

function outcomeOf(progress: readonly ProgressEntry[]): Operation['state'] {
  if (progress.some(({ state }) => state === 'failed')) return 'failed'
  return progress.some(({ state }) => state === 'stopped') ? 'stopped' : 'done'
}

/** Its new place is not known yet, and belongs into what the operation says of it. */
function isJustStopped({ taskOf, nowMs }: World, taskId: TaskId): boolean {
  const task = taskOf(taskId)
  return task !== undefined && nowMs - task.sinceMs < PLACED_WITHIN_MS
}

/** What really became of a task that the plan named, to be read beside what was planned. */
export function whatHappened(
  { taskId, fromNodeId }: Move,
  { taskOf, replacementOf }: Pick<World, 'taskOf' | 'replacementOf'>,
): Operation['actual'][number] {
  const task = taskOf(taskId)
  if (!task) return { taskId, fate: 'gone', toNodeId: null }
  const isElsewhere = task.nodeId !== null && task.nodeId !== fromNodeId
  if (isTerminal(task.state)) {
    const replacement = replacementOf(task)
    if (replacement?.nodeId) return { taskId, fate: 'replaced', toNodeId: replacement.nodeId }
    if (isElsewhere) return { taskId, fate: 'moved', toNodeId: task.nodeId }
    return { taskId, fate: task.state === 'succeeded' ? 'finished-here' : task.state, toNodeId: null }
  }
  if (!isPlaced(task.state)) return { taskId, fate: 'waiting', toNodeId: null }
  if (isElsewhere) return { taskId, fate: 'moved', toNodeId: task.nodeId }
  return { taskId, fate: task.state === 'unknown' ? 'unknown' : 'here', toNodeId: null }
}

function sameText(left: Operation, right: Operation): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}
