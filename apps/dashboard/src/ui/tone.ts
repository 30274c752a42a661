import type { PrimaryStatus, TaskState } from '@quarterdeck/domain'

/** Cool = somebody asked for it, warm = nobody asked for it, green = normal. */
export type Tone = 'ready' | 'info' | 'calm' | 'warn' | 'bad' | 'muted'

export const toneText: Record<Tone, string> = {
  ready: 'text-ready',
  info: 'text-info',
  calm: 'text-calm',
  warn: 'text-warn',
  bad: 'text-bad',
  muted: 'text-muted',
}

export const statusTone: Record<PrimaryStatus, Tone> = {
  ready: 'ready',
  joining: 'info',
  draining: 'info',
  drained: 'calm',
  cordoned: 'calm',
  suspect: 'warn',
  down: 'bad',
  unknown: 'muted',
  left: 'muted',
}

export const taskTone: Record<TaskState, Tone> = {
  delayed: 'calm',
  queued: 'calm',
  assigned: 'info',
  running: 'info',
  unknown: 'warn',
  stopping: 'calm',
  succeeded: 'ready',
  failed: 'bad',
  cancelled: 'calm',
  'timed-out': 'bad',
  dead: 'bad',
  'lost-unknown': 'bad',
}
