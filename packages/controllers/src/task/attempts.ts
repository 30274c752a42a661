import { type AttemptRecord, limits, type NodeId, type Task, type UnixMs } from '@quarterdeck/domain'

/** Most nodes that one task avoids at a time; the one avoided longest ago is forgotten first. */
const AVOID_MAX = 64

/** The record of the attempt that counts now; undefined before the first assignment. */
export function currentAttempt(task: Task): AttemptRecord | undefined {
  return task.attempts.find(({ attempt }) => attempt === task.attempt)
}

/** The task with one more attempt, newest first; the oldest records are forgotten. */
export function withNewAttempt(task: Task, record: AttemptRecord): AttemptRecord[] {
  return [record, ...task.attempts].slice(0, limits.attemptRecordsKept)
}

/** The attempts with one of them changed. */
export function withAttempt(task: Task, attempt: number, patch: Partial<AttemptRecord>): AttemptRecord[] {
  return task.attempts.map((record) => (record.attempt === attempt ? { ...record, ...patch } : record))
}

/** What the task avoids from now on; what has run out is dropped. */
export function avoiding(
  task: Task,
  nodeId: NodeId,
  how: 'prefer' | 'never',
  untilMs: number,
  nowMs: UnixMs,
): Task['avoid'] {
  const others = task.avoid.filter((entry) => entry.untilMs > nowMs && entry.nodeId !== nodeId)
  return [...others, { nodeId, how, untilMs: untilMs as UnixMs }].slice(-AVOID_MAX)
}
