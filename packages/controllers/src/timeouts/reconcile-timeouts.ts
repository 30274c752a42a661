import { isWaiting, type Task, type TaskId, type TaskSpec, type UnixMs } from '@quarterdeck/domain'
import { requestStop } from '../task/request-stop.ts'
import type { TaskChange } from '../task-change.ts'

/** How long the control plane lets an agent enforce a timeout itself before it steps in. */
const AGENT_MARGIN_MS = 30_000

export type Timeout = { readonly which: 'queue' | 'deadline' | 'start' | 'run' | 'progress'; readonly atMs: UnixMs }

/** Asks for the end of every task whose time is over. `by` names this controller. */
export function reconcileTimeouts(
  tasks: Iterable<Task>,
  {
    specOf,
    nowMs,
    by,
  }: {
    readonly specOf: (id: TaskId) => TaskSpec | undefined
    readonly nowMs: UnixMs
    readonly by: string
  },
): TaskChange[] {
  const changes: TaskChange[] = []
  for (const task of tasks) {
    const spec = specOf(task.id)
    const timeout = spec ? timeoutOf(task, spec) : null
    if (!spec || !timeout || timeout.atMs > nowMs) continue
    const change = requestStop(
      task,
      {
        why: 'timeout',
        becomes: 'timed-out',
        by,
        graceMs: spec.killGraceMs,
        timeout: timeout.which === 'queue' || timeout.which === 'deadline' ? null : timeout.which,
      },
      nowMs,
    )
    if (change.task !== task) changes.push(change)
  }
  return changes
}

/**
 * The next moment at which the control plane itself ends this task for lateness; null when there is none. Times that the agent enforces
 * too have a margin, and silence between output lines is the agent's alone to see.
 */
export function timeoutOf(task: Task, { timeouts, driver, killGraceMs, faults }: TaskSpec): Timeout | null {
  const { queueMs, startMs, runMs, progressMs } = timeouts
  if (isWaiting(task.state)) {
    const deadline = faults?.deadlineMs === undefined ? null : at('deadline', task.createdAtMs + faults.deadlineMs)
    // From submit to the first node that took it, less the time it was told to wait. Nodes that only said no do not count.
    if (queueMs === null || task.attempts.some(({ outcome }) => outcome !== 'rejected')) return deadline
    const queue = at('queue', Math.max(task.createdAtMs, task.notBeforeMs ?? 0) + queueMs)
    return deadline && deadline.atMs < queue.atMs ? deadline : queue
  }
  if (task.state === 'assigned') {
    return startMs === null ? null : at('start', task.sinceMs + startMs + AGENT_MARGIN_MS)
  }
  if (task.state !== 'running') return null

  const startedAtMs = task.startedAtMs ?? task.sinceMs
  const margin = killGraceMs + AGENT_MARGIN_MS
  const run = runMs === null ? null : at('run', startedAtMs + runMs + margin)
  const lastSignMs = Math.max(startedAtMs, task.progress?.atMs ?? 0)
  const progress = progressMs === null || driver !== 'handler' ? null : at('progress', lastSignMs + progressMs + margin)
  if (!run || !progress) return run ?? progress
  return progress.atMs < run.atMs ? progress : run
}

function at(which: Timeout['which'], atMs: number): Timeout {
  return { which, atMs: atMs as UnixMs }
}
