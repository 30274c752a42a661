import {
  type ClusterEvent,
  isPlaced,
  isTerminal,
  isWaiting,
  type NodeId,
  type Operation,
  type RebalanceMove,
  type Task,
  type TaskId,
  type TaskSpec,
  type UnixMs,
} from '@quarterdeck/domain'
import { requestStop } from '../task/request-stop.ts'
import type { TaskChange } from '../task-change.ts'
import { mayMove } from './advise-rebalance.ts'

/** Tasks on the move at once: stopped, and not yet running on their new node. */
export const REBALANCE_PARALLEL_MAX = 4

export type RebalanceInput = {
  readonly taskOf: (id: TaskId) => Task | undefined
  readonly specOf: (id: TaskId) => TaskSpec | undefined
  /** Why a node cannot take the task now; null when it can. */
  readonly obstacle: (task: Task, spec: TaskSpec, nodeId: NodeId) => string | null
  readonly nowMs: UnixMs
}

export type RebalanceStep = {
  readonly tasks: readonly TaskChange[]
  /** The operation as the world is now; null when it already says so. */
  readonly operation: Operation | null
  readonly events: readonly ClusterEvent[]
}

/**
 * `pending`: its turn has not come. `moving`: stopped, and not yet running where the plan says. The others are final: `moved`; `gone`, it
 * ended by itself; `elsewhere`, another node than planned took it; `skipped`, it may not move any more or its new node cannot take it.
 */
type Fate = 'pending' | 'moving' | 'moved' | 'gone' | 'elsewhere' | 'skipped'

/**
 * Takes a rebalance one step further: stops the next tasks of its plan, at most so many at once, each with the node that it is to start
 * on. Level-triggered; never moves a task that the plan does not name, nor to a node that cannot take it at that moment.
 */
export function reconcileRebalance(operation: Operation, input: RebalanceInput): RebalanceStep {
  const moves = operation.rebalance?.moves ?? []
  const skipped = new Set(operation.actual.filter(({ fate }) => fate === 'skipped').map(({ taskId }) => taskId))
  const fates = new Map<TaskId, Fate>(
    moves.map((move) => [move.taskId, skipped.has(move.taskId) ? 'skipped' : fateOf(move, operation, input)]),
  )
  const blocked = new Map<TaskId, string>()
  const changes: TaskChange[] = []
  let onTheMove = [...fates.values()].filter((fate) => fate === 'moving').length
  for (const move of moves) {
    if (fates.get(move.taskId) !== 'pending') continue
    const obstacle = obstacleOf(move, input)
    if (obstacle !== null) {
      fates.set(move.taskId, 'skipped')
      blocked.set(move.taskId, obstacle)
    } else if (onTheMove < REBALANCE_PARALLEL_MAX) {
      onTheMove += 1
      fates.set(move.taskId, 'moving')
      changes.push(startMove(move, operation, input))
    }
  }
  const next = progressed(operation, moves, fates, blocked, input)
  const isOver = next.state !== 'running'
  return {
    tasks: changes.filter(({ task }) => task !== input.taskOf(task.id)),
    operation: JSON.stringify(next) === JSON.stringify(operation) ? null : next,
    events: isOver ? [endEvent(next)] : [],
  }
}

function fateOf(move: RebalanceMove, operation: Operation, { taskOf }: RebalanceInput): Fate {
  const task = taskOf(move.taskId)
  if (!task) return 'gone'
  const isOnPlan = task.planned?.operationId === operation.id
  if (task.attempt > move.attempt) {
    if (isOnPlan && (isWaiting(task.state) || task.state === 'assigned')) return 'moving'
    if (task.nodeId === move.toNodeId) return 'moved'
    if (isTerminal(task.state)) return 'gone'
    // Taken by another node, or back on the old one: either way this move is over.
    return 'elsewhere'
  }
  if (isTerminal(task.state)) return 'gone'
  if (isOnPlan) return 'moving'
  return isPlaced(task.state) && task.nodeId === move.fromNodeId ? 'pending' : 'elsewhere'
}

function obstacleOf(move: RebalanceMove, { taskOf, specOf, obstacle }: RebalanceInput): string | null {
  const task = taskOf(move.taskId)
  const spec = specOf(move.taskId)
  if (!task || !spec || !mayMove({ task, spec })) return 'it may not be moved any more'
  return obstacle(task, spec, move.toNodeId)
}

function startMove(move: RebalanceMove, operation: Operation, { taskOf, specOf, nowMs }: RebalanceInput): TaskChange {
  const task = taskOf(move.taskId)
  const spec = specOf(move.taskId)
  // `obstacleOf` was asked just before and found both.
  if (!task || !spec) throw new Error(`task ${move.taskId} is not known`)
  const request = {
    why: 'rebalance',
    becomes: 'queued',
    by: operation.by,
    graceMs: spec.killGraceMs,
    timeout: null,
  } as const
  const change = requestStop(task, request, nowMs)
  return { ...change, task: { ...change.task, planned: { nodeId: move.toNodeId, operationId: operation.id } } }
}

function progressed(
  operation: Operation,
  moves: readonly RebalanceMove[],
  fates: ReadonlyMap<TaskId, Fate>,
  blocked: ReadonlyMap<TaskId, string>,
  { taskOf, nowMs }: RebalanceInput,
): Operation {
  const isLeft = ({ taskId }: RebalanceMove) => ['pending', 'moving'].includes(fates.get(taskId) ?? 'gone')
  const progress = operation.progress.map((entry) => {
    const own = moves.filter(({ fromNodeId }) => fromNodeId === entry.nodeId)
    const left = own.filter(isLeft).length
    const said = own.flatMap(({ taskId, name }) => {
      const why = blocked.get(taskId)
      return why === undefined ? [] : [`${name} (${taskId}) stays: ${why}`.slice(0, 500)]
    })
    return {
      ...entry,
      state: left > 0 ? ('running' as const) : ('done' as const),
      tasksLeft: left,
      blockedBy: [...entry.blockedBy, ...said].slice(0, 20),
    }
  })
  const actual = moves.map(({ taskId }) => ({
    taskId,
    fate: fates.get(taskId) ?? 'gone',
    toNodeId: taskOf(taskId)?.nodeId ?? null,
  }))
  const isOver = !moves.some(isLeft)
  return { ...operation, progress, actual, ...(isOver ? { state: 'done' as const, endedAtMs: nowMs } : {}) }
}

function endEvent({ id, actual, rebalance }: Operation): ClusterEvent {
  const moved = actual.filter(({ fate }) => fate === 'moved').length
  return {
    type: 'rebalance.ended',
    subject: { kind: 'operation', id },
    severity: 'notice',
    text: `Rebalance ${id} ended: ${moved} of ${rebalance?.moves.length ?? 0} tasks run where the plan says`,
  }
}
