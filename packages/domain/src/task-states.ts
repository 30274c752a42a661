export const taskStates = [
  'delayed',
  'queued',
  'assigned',
  'running',
  'unknown',
  'stopping',
  'succeeded',
  'failed',
  'cancelled',
  'timed-out',
  'dead',
  'lost-unknown',
] as const
export type TaskState = (typeof taskStates)[number]

/** Every allowed change of state. Terminal states have no way out: to retry one is to make a new task. */
export const taskTransitions: Record<TaskState, readonly TaskState[]> = {
  delayed: ['queued', 'cancelled', 'timed-out'],
  queued: ['assigned', 'cancelled', 'timed-out'],
  assigned: [
    'running',
    'queued',
    'delayed',
    'unknown',
    'stopping',
    'succeeded',
    'failed',
    'dead',
    'timed-out',
    'cancelled',
  ],
  running: ['unknown', 'stopping', 'succeeded', 'failed', 'delayed', 'queued', 'dead', 'timed-out', 'cancelled'],
  unknown: [
    'running',
    'queued',
    'delayed',
    'stopping',
    'succeeded',
    'failed',
    'dead',
    'lost-unknown',
    'cancelled',
    'timed-out',
  ],
  stopping: ['succeeded', 'failed', 'cancelled', 'timed-out', 'queued', 'delayed', 'dead', 'unknown', 'lost-unknown'],
  succeeded: [],
  failed: [],
  cancelled: [],
  'timed-out': [],
  dead: [],
  'lost-unknown': [],
}

export function isTerminal(state: TaskState): boolean {
  return taskTransitions[state].length === 0
}

/** Whether the task holds, or may hold, a node: its resources are counted there. */
export function isPlaced(state: TaskState): boolean {
  return state === 'assigned' || state === 'running' || state === 'unknown' || state === 'stopping'
}

export function isWaiting(state: TaskState): boolean {
  return state === 'delayed' || state === 'queued'
}
