import type { Task, TaskSpec, UnixMs } from '@quarterdeck/domain'
import type { Preemption } from '@quarterdeck/scheduler'
import { requestStop } from '../task/request-stop.ts'
import { taskEvent } from '../task/task-event.ts'
import type { TaskChange } from '../task-change.ts'

/** How much longer than the graces of its victims a task waits for the room that is made for it. */
const ROOM_SLACK_MS = 30_000

/**
 * The changes of one preemption, to be stored together: the victims are asked to stop and are queued again, and the task remembers where
 * room is being made, so that nobody else takes it meanwhile. Null when one of the victims is no longer there to be stopped.
 */
export function makeRoom(
  task: Task,
  { nodeId, because, gpus }: Preemption,
  victims: readonly { readonly task: Task; readonly spec: TaskSpec }[],
  nowMs: UnixMs,
): TaskChange[] | null {
  const stops = victims.map(({ task: victim, spec }) =>
    requestStop(
      victim,
      { why: 'preempt', becomes: 'queued', by: `task:${task.id}`, graceMs: spec.killGraceMs, timeout: null },
      nowMs,
    ),
  )
  if (stops.length === 0 || stops.some((change, n) => change.task === victims[n]?.task)) return null
  const graceMs = Math.max(...victims.map(({ spec }) => spec.killGraceMs))
  const awaited: Task = {
    ...task,
    room: {
      nodeId,
      ...(gpus.length > 0 ? { gpus: [...gpus] } : {}),
      victims: victims.map(({ task: victim }) => victim.id),
      untilMs: (nowMs + graceMs + ROOM_SLACK_MS) as UnixMs,
    },
  }
  return [
    { task: awaited, events: [taskEvent(task, 'task.preempts', 'notice', `waits for room: ${because}`)] },
    ...stops,
  ]
}

/** Gives up the room that was being made, when its time is over; the same task while it is not. */
export function withoutLateRoom(task: Task, nowMs: UnixMs): Task {
  return task.room && task.room.untilMs <= nowMs ? { ...task, room: undefined } : task
}
