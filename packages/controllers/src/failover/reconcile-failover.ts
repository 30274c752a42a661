import type { NodeHealth, NodeId, Task, TaskId, TaskSpec, Timings, UnixMs } from '@quarterdeck/domain'
import { isGone, isPlaced } from '@quarterdeck/domain'
import type { Random } from '@quarterdeck/platform'
import { closeUnknown } from '../task/close-unknown.ts'
import { finishStop, loseAttempt } from '../task/end-attempt.ts'
import { moveTo } from '../task/move-to.ts'
import { taskEvent } from '../task/task-event.ts'
import type { TaskChange } from '../task-change.ts'

/** What failover must know of a node; undefined = it is no longer part of the cluster. */
export type LostNode = {
  readonly health: NodeHealth
  /** Wall clock of the last beat that was confirmed to the agent; null when it is not known, then `healthSinceMs` stands for it. */
  readonly lastConfirmedMs: UnixMs | null
  readonly healthSinceMs: UnixMs
}

export type FailoverInput = {
  readonly tasks: Iterable<Task>
  readonly nodeOf: (id: NodeId) => LostNode | undefined
  readonly specOf: (id: TaskId) => TaskSpec | undefined
  readonly timings: Pick<Timings, 'exclusiveStopAfterMs' | 'exclusiveMarginMs'>
  readonly nowMs: UnixMs
  readonly random: Random
}

/**
 * Says what becomes of tasks whose node is down, has left, or was removed, by their delivery policy:
 *
 * - at-least-once: the attempt is lost and another one may begin elsewhere at once;
 * - at-most-once: unknown, for as long as the node can still come back and tell; never run again;
 * - exclusive: unknown until the keeper on the node must have killed it, then another one may begin.
 *
 * Level-triggered: looks at what is, and a second look after its changes finds nothing to do.
 */
export function reconcileFailover(input: FailoverInput): TaskChange[] {
  const changes: TaskChange[] = []
  for (const task of input.tasks) {
    if (!isPlaced(task.state) || task.nodeId === null) continue
    const node = input.nodeOf(task.nodeId)
    if (node && !isGone(node.health)) continue
    const change = onLostNode(task, node, input)
    if (change) changes.push(change)
  }
  return changes
}

/** The keeper's clock may run 5 % slow and ours 5 % fast: what takes 1 s there takes up to 1.05 / 0.95 s here. */
const DRIFT = 1.05 / 0.95

/**
 * When an exclusive task of a silent node is certainly dead: last confirmed beat + the keeper's limit + its kill grace, both by its own
 * clock, + a margin.
 */
export function exclusiveDeadAtMs(
  node: LostNode,
  spec: Pick<TaskSpec, 'killGraceMs'>,
  { exclusiveStopAfterMs, exclusiveMarginMs }: FailoverInput['timings'],
): UnixMs {
  const confirmedMs = node.lastConfirmedMs ?? node.healthSinceMs
  const byKeeperMs = exclusiveStopAfterMs + spec.killGraceMs
  return (confirmedMs + byKeeperMs * DRIFT + exclusiveMarginMs) as UnixMs
}

function onLostNode(task: Task, node: LostNode | undefined, input: FailoverInput): TaskChange | null {
  const { nowMs } = input
  const because = node ? `the node is ${node.health}` : 'the node was removed'
  switch (task.policy) {
    case 'at-least-once':
      return giveUp(task, because, input)
    case 'at-most-once':
      if (!node) return closeUnknown(asUnknown(task, nowMs), nowMs, because)
      return task.state === 'unknown'
        ? null
        : becomesUnknown(task, because, 'it waits for the node and is never run twice', nowMs)
    case 'exclusive': {
      const spec = input.specOf(task.id)
      // A node that was removed has no known last beat: then the moment at which the task became unknown counts.
      const lost = node ?? { health: 'down', lastConfirmedMs: null, healthSinceMs: task.sinceMs }
      if (task.state !== 'unknown')
        return becomesUnknown(task, because, 'it waits until its node must have stopped it', nowMs)
      return spec && nowMs >= exclusiveDeadAtMs(lost, spec, input.timings) ? giveUp(task, because, input) : null
    }
    default:
      return task.policy satisfies never
  }
}

/** The attempt counts as gone: a stop that was asked for is fulfilled, anything else is queued again. */
function giveUp(task: Task, because: string, { specOf, nowMs, random }: FailoverInput): TaskChange {
  const spec = specOf(task.id)
  if (!task.stop || !spec || task.stop.becomes === 'queued') return loseAttempt(task, because, nowMs)
  const exit = { code: null, signal: null, error: `lost: ${because}`, outOfMemory: false, timedOut: null }
  return finishStop(
    task,
    spec,
    { exit, usage: null, startedAtMs: task.startedAtMs, endedAtMs: nowMs },
    { nowMs, random },
  )
}

function becomesUnknown(task: Task, because: string, then: string, nowMs: UnixMs): TaskChange {
  const what = `is unknown: ${because} (${task.nodeId}); ${then}`
  return { task: asUnknown(task, nowMs), events: [taskEvent(task, 'task.unknown', 'warning', what)] }
}

function asUnknown(task: Task, nowMs: UnixMs): Task {
  return task.state === 'unknown' ? task : moveTo(task, 'unknown', nowMs)
}
