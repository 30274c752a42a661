import {
  isPlaced,
  isWaiting,
  type NodeId,
  type Task,
  type TaskId,
  type TaskSpec,
  type UnixMs,
} from '@quarterdeck/domain'
import type { HeldAttempt } from '@quarterdeck/domain/wire'
import type { Random } from '@quarterdeck/platform'
import { currentAttempt, withAttempt } from '../task/attempts.ts'
import { closeUnknown } from '../task/close-unknown.ts'
import { finishStop, loseAttempt } from '../task/end-attempt.ts'
import { moveTo, waiting } from '../task/move-to.ts'
import { revive } from '../task/revive.ts'
import { taskEvent } from '../task/task-event.ts'
import type { TaskChange } from '../task-change.ts'

export type HeldInput = {
  readonly nodeId: NodeId
  /** The agent's whole inventory, as it registered. */
  readonly held: readonly HeldAttempt[]
  /** Tasks that the cluster has on this node. */
  readonly placedHere: Iterable<Task>
  readonly taskOf: (id: TaskId) => Task | undefined
  readonly specOf: (id: TaskId) => TaskSpec | undefined
  readonly nowMs: UnixMs
  readonly random: Random
}

/**
 * Brings the cluster's view in line with what a node holds when its agent registers.
 *
 * Held and current: the task goes on, also one that was already given up as lost and has not begun elsewhere. Not held: the agent's
 * journal is written before a process is started and shares a folder with the node's identity, so what is not in it never ran here,
 * or its end will never be known. Attempts that count no longer need no change: the desired set, which lacks them, ends them.
 */
export function reconcileHeld(input: HeldInput): TaskChange[] {
  const changes: TaskChange[] = []
  const heldKeys = new Set(input.held.map(({ taskId, attempt }) => `${taskId}/${attempt}`))

  for (const held of input.held) {
    const task = input.taskOf(held.taskId)
    // An ended one reports its end itself.
    if (!task || task.attempt !== held.attempt || held.state === 'ended') continue
    const change = onHeld(task, held, input)
    if (change) changes.push(change)
  }
  for (const task of input.placedHere) {
    if (!isPlaced(task.state) || heldKeys.has(`${task.id}/${task.attempt}`)) continue
    const change = onMissing(task, input)
    if (change) changes.push(change)
  }
  return changes
}

function onHeld(task: Task, held: HeldAttempt, { nodeId, nowMs }: HeldInput): TaskChange | null {
  if (task.state === 'unknown') {
    const next = moveTo(task, task.stop ? 'stopping' : 'running', nowMs, {
      startedAtMs: task.startedAtMs ?? held.startedAtMs,
    })
    return {
      task: next,
      events: [taskEvent(task, 'task.readopted', 'notice', `is known again: ${nodeId} still runs it`)],
    }
  }
  const record = currentAttempt(task)
  if (!isWaiting(task.state) || record?.outcome !== 'lost' || record.nodeId !== nodeId) return null
  const seen = { ...record, startedAtMs: record.startedAtMs ?? held.startedAtMs }
  return {
    task: revive(task, seen, nowMs),
    events: [taskEvent(task, 'task.readopted', 'notice', `goes on where it was: ${nodeId} is back and still runs it`)],
  }
}

function onMissing(task: Task, { nodeId, specOf, nowMs, random }: HeldInput): TaskChange | null {
  // The desired set offers it again, under the same attempt.
  if (task.state === 'assigned') return null
  const because = `${nodeId} is back and does not hold it`
  if (task.stop && task.stop.becomes !== 'queued') {
    const spec = specOf(task.id)
    if (!spec) return null
    const exit = { code: null, signal: null, error: because, outOfMemory: false, timedOut: null }
    const end = { exit, usage: null, startedAtMs: task.startedAtMs, endedAtMs: nowMs }
    return finishStop(task, spec, end, { nowMs, random })
  }
  if (task.startedAtMs === null) {
    return {
      task: waiting(task, 'queued', nowMs, {
        attempts: withAttempt(task, task.attempt, { outcome: 'lost', endedAtMs: nowMs }),
      }),
      events: [taskEvent(task, 'task.moved', 'info', `never began on ${nodeId} and is queued again`)],
    }
  }
  if (task.policy !== 'at-most-once') return loseAttempt(task, because, nowMs)
  const unknown = task.state === 'unknown' ? task : moveTo(task, 'unknown', nowMs)
  return closeUnknown(unknown, nowMs, because)
}
