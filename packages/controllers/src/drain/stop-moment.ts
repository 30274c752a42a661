import type { DrainOptions, Task, TaskSpec } from '@quarterdeck/domain'

/**
 * When a drain stops a task of its node. `left`: never, it belongs to the node. `at-once`: as soon as its turn comes. `at-deadline`: if
 * it still runs then. `kept`: it may finish, and whatever still runs at the deadline keeps running. `whenever`: it may take all the
 * time it needs. Preview and execution both go by this.
 */
export type StopMoment = 'left' | 'at-once' | 'at-deadline' | 'kept' | 'whenever'

export function stopMoment(
  task: Pick<Task, 'system'>,
  spec: Pick<TaskSpec, 'onDrain'>,
  { mode, afterDeadline, systemTasks }: Pick<DrainOptions, 'mode' | 'afterDeadline' | 'systemTasks'>,
): StopMoment {
  if (task.system && systemTasks === 'leave') return 'left'
  if (mode === 'now' || spec.onDrain === 'move') return 'at-once'
  if (mode === 'no-deadline') return 'whenever'
  return afterDeadline === 'force' ? 'at-deadline' : 'kept'
}

/** Whether a service moves it, start-first, for as long as the drain does not force it out. A replica that belongs to its node is not moved. */
export function isReplacedByService({ replica, system }: Pick<Task, 'replica' | 'system'>): boolean {
  return replica !== null && replica !== undefined && !system
}
