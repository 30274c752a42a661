import type { ClusterEvent, Node, NodeDrain, Operation, Task, UnixMs } from '@quarterdeck/domain'
import { requestStop } from '../task/request-stop.ts'
import type { TaskChange } from '../task-change.ts'
import { drainDeadlineMs } from './drain-deadline.ts'
import type { DrainInput } from './reconcile-drains.ts'
import { isReplacedByService, stopMoment } from './stop-moment.ts'

export type NodeProgress = {
  readonly state: 'running' | 'done'
  readonly tasksLeft: number
  readonly blockedBy: readonly string[]
}

type NodeStep = {
  readonly tasks: readonly TaskChange[]
  /** Present when the drain of this node ends. */
  readonly node: Node | null
  readonly events: readonly ClusterEvent[]
  readonly progress: NodeProgress
}

/** Most tasks that are named as what a drain waits for. */
const NAMED_MAX = 20

/** One step of the drain of one node. */
export function drainNode(node: Node, drain: NodeDrain, operation: Operation | undefined, input: DrainInput): NodeStep {
  const { nowMs } = input
  const concerned = input.tasksOn(node.id).filter((task) => !(task.system && drain.systemTasks === 'leave'))
  if (concerned.length === 0) return emptied(node, drain, nowMs)

  const deadlineMs = drainDeadlineMs(drain)
  const isOver = deadlineMs !== null && nowMs >= deadlineMs
  if (isOver && drain.afterDeadline === 'keep') return keepTheRest(node, concerned, nowMs)

  const isForced = drain.mode === 'now' || isOver
  const due = concerned.filter((task) => isDue(task, drain, isForced, input))
  const turn = isForced ? due : due.slice(0, roomToMove(concerned, drain, operation, input))
  const tasks = turn.map((task) => stopForDrain(task, drain, operation, input))
  const stopped = new Set(turn.map(({ id }) => id))
  return {
    tasks,
    node: null,
    events: [],
    progress: {
      state: 'running',
      tasksLeft: concerned.length,
      blockedBy: concerned.slice(0, NAMED_MAX).map((task) => waitsFor(task, stopped.has(task.id), drain, input)),
    },
  }
}

/** Whether the drain should stop this task now, if there is room for one more on the move. */
function isDue(task: Task, drain: NodeDrain, isForced: boolean, { specOf, nowhere }: DrainInput): boolean {
  const spec = specOf(task.id)
  const mayStop = task.state === 'assigned' || task.state === 'running'
  if (!spec || !mayStop || task.stop) return false
  if (isForced) return true
  // Its service starts the replacement first and stops this one when that is healthy.
  if (isReplacedByService(task)) return false
  return stopMoment(task, spec, drain) === 'at-once' && !nowhere.has(task.id)
}

/** How many more tasks may be on the move: being stopped here, or stopped and not yet running on the node that the plan names. */
function roomToMove(
  concerned: readonly Task[],
  drain: NodeDrain,
  operation: Operation | undefined,
  { taskOf }: DrainInput,
): number {
  const stopping = concerned.filter(({ stop }) => stop?.why === 'drain').length
  const landing = (operation?.plan?.moves ?? []).filter(({ taskId }) => {
    const task = taskOf(taskId)
    const isOnItsWay = task?.state === 'queued' || task?.state === 'assigned'
    return isOnItsWay && task.planned?.operationId === drain.operationId && !task.stop
  }).length
  return Math.max(0, drain.parallelMax - stopping - landing)
}

function stopForDrain(
  task: Task,
  drain: NodeDrain,
  operation: Operation | undefined,
  { specOf, nowMs }: DrainInput,
): TaskChange {
  const change = requestStop(
    task,
    {
      why: 'drain',
      becomes: 'queued',
      by: operation?.by ?? 'drain',
      graceMs: specOf(task.id)?.killGraceMs ?? 0,
      timeout: null,
    },
    nowMs,
  )
  const toNodeId = operation?.plan?.moves.find(({ taskId }) => taskId === task.id)?.toNodeId
  if (!toNodeId || change.task.stop?.becomes !== 'queued') return change
  return { ...change, task: { ...change.task, planned: { nodeId: toNodeId, operationId: drain.operationId } } }
}

function waitsFor(task: Task, isStoppedNow: boolean, drain: NodeDrain, { specOf, nowhere }: DrainInput): string {
  const name = `${task.name} (${task.id})`
  if (task.state === 'unknown') return `${name} is unknown until its node answers`
  if (task.state === 'stopping' || isStoppedNow) return `${name} is being stopped`
  const spec = specOf(task.id)
  const moment = spec ? stopMoment(task, spec, drain) : 'whenever'
  if (isReplacedByService(task))
    return `${name} stays until its replacement elsewhere is healthy; one replica of a service moves at a time`
  if (moment === 'at-once') {
    const reason = nowhere.get(task.id)
    return (reason ? `${name} has nowhere to go: ${reason}` : `${name} waits for its turn to move`).slice(0, 500)
  }
  return moment === 'whenever' ? `${name} may finish, however long it takes` : `${name} may finish until the deadline`
}

function emptied(node: Node, drain: NodeDrain, nowMs: UnixMs): NodeStep {
  const isOpen = drain.whenEmpty === 'uncordon'
  const next: Node = {
    ...node,
    scheduling: isOpen ? 'open' : 'drained',
    schedulingSinceMs: nowMs,
    drain: null,
    remark: isOpen ? null : node.remark,
  }
  const text = isOpen
    ? `Node ${node.id} is empty and open again`
    : `Node ${node.id} is drained: empty, safe to stop the machine`
  return ended(next, 0, nodeEvent(node, 'node.drained', 'notice', text))
}

/** The deadline passed and the rest may stay: the node takes no new work, and that is all. */
function keepTheRest(node: Node, rest: readonly Task[], nowMs: UnixMs): NodeStep {
  const next: Node = { ...node, scheduling: 'cordoned', schedulingSinceMs: nowMs, drain: null }
  const many = rest.length === 1 ? '1 task keeps' : `${rest.length} tasks keep`
  const text = `The drain of node ${node.id} reached its deadline: ${many} running, the node stays cordoned`
  return ended(next, rest.length, nodeEvent(node, 'node.drain-over', 'warning', text))
}

function ended(node: Node, tasksLeft: number, event: ClusterEvent): NodeStep {
  return { tasks: [], node, events: [event], progress: { state: 'done', tasksLeft, blockedBy: [] } }
}

function nodeEvent(node: Node, type: string, severity: ClusterEvent['severity'], text: string): ClusterEvent {
  return { type, subject: { kind: 'node', id: node.id }, severity, text }
}
