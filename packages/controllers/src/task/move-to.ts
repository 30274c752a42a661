import { assert, isTerminal, type Task, type TaskState, taskTransitions, type UnixMs } from '@quarterdeck/domain'

/**
 * The task in another state. The one place where a state changes: a change that `taskTransitions` does not list is a bug and stops
 * here, before it is written.
 */
export function moveTo(task: Task, state: TaskState, nowMs: UnixMs, patch: Partial<Task> = {}): Task {
  assert(taskTransitions[task.state].includes(state), `task ${task.id} may not go from ${task.state} to ${state}`)
  return {
    ...task,
    ...patch,
    state,
    sinceMs: nowMs,
    ...(isTerminal(state) ? { endedAtMs: nowMs, notBeforeMs: null, planned: null } : {}),
  }
}

/** What every task that waits again has in common: it holds no node, and nothing of the last try is left on it. */
export function waiting(task: Task, state: 'queued' | 'delayed', nowMs: UnixMs, patch: Partial<Task> = {}): Task {
  return moveTo(task, state, nowMs, {
    nodeId: null,
    startedAtMs: null,
    stop: null,
    progress: null,
    measured: undefined,
    notBeforeMs: null,
    ...patch,
  })
}
