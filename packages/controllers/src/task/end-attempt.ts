import { type Exit, formatDuration, type Task, type TaskSpec, type UnixMs, type Usage } from '@quarterdeck/domain'
import type { Random } from '@quarterdeck/platform'
import { attemptsMaxOf, faultsOf, pauseMsOf } from '../faults/fault-rule.ts'
import type { TaskChange } from '../task-change.ts'
import { avoiding, withAttempt } from './attempts.ts'
import { moveTo, waiting } from './move-to.ts'
import { exitInWords, taskEvent } from './task-event.ts'

/** How the current attempt ended, with the agent's times where it told them. */
export type AttemptEnd = {
  readonly exit: Exit
  readonly usage: Usage | null
  readonly startedAtMs: UnixMs | null
  readonly endedAtMs: UnixMs
}

export type EndContext = {
  readonly nowMs: UnixMs
  readonly random: Random
  /** How much longer a retry must wait because its job has spent its retry budget; absent: not at all. */
  readonly retryHoldMs?: number
  /** How long half of the job's runs take at most, milliseconds; absent: nobody knows. */
  readonly usualRunMs?: number
  /** Whether as many tasks wait for a background retry as may. */
  readonly failbackIsFull?: boolean
}

/** How long the node of a failed or lost attempt comes last. */
const RATHER_ELSEWHERE_MS = 5 * 60_000
/** How long a node that rejected an attempt is not asked again. */
const REJECTED_MS = 30_000

export function succeed(task: Task, end: AttemptEnd, nowMs: UnixMs): TaskChange {
  const attempts = withAttempt(task, task.attempt, { outcome: 'succeeded', ...recordOf(end) })
  return { task: moveTo(task, 'succeeded', nowMs, { attempts, exit: end.exit, usage: end.usage }), events: [] }
}

/**
 * The attempt failed by itself or ran out of time: another one after a pause, while there are any left and its policy allows a rerun;
 * else the end. Exhausted retries are `dead`, kept for an operator; a task that was never to be retried is `failed`. With the strategy
 * `failsafe`, or a fallback value, the end is a success that says so.
 */
export function failAttempt(task: Task, spec: TaskSpec, end: AttemptEnd, context: EndContext): TaskChange {
  const { nowMs, random, retryHoldMs = 0, failbackIsFull = false, usualRunMs = 0 } = context
  const failures = task.failures + 1
  const timedOut = end.exit.timedOut !== null
  const attempts = withAttempt(task, task.attempt, { outcome: timedOut ? 'timed-out' : 'failed', ...recordOf(end) })
  const patch = { attempts, failures, exit: end.exit, usage: end.usage }
  const on = task.nodeId ? ` on ${task.nodeId}` : ''
  const attemptsMax = attemptsMaxOf(task, spec)
  const { strategy, fallbackValue } = faultsOf(spec)
  const hasNoRoom = strategy === 'failback' && failbackIsFull && failures === 1

  const delayMs = failures < attemptsMax ? pauseMsOf(spec, failures, random) + retryHoldMs : 0
  const late = failures < attemptsMax ? tooLate(task, spec, nowMs + delayMs, usualRunMs) : null
  if (failures < attemptsMax && !hasNoRoom && !late) {
    const notBeforeMs = (nowMs + delayMs) as UnixMs
    const avoid = task.nodeId
      ? avoiding(task, task.nodeId, 'prefer', nowMs + delayMs + RATHER_ELSEWHERE_MS, nowMs)
      : task.avoid
    const what = `failed${on} (${exitInWords(end.exit)}); attempt ${failures + 1} of ${attemptsMax} in ${(delayMs / 1_000).toFixed(1)} s${strategy === 'failback' ? ', in the background' : ''}${retryHoldMs > 0 ? ': its job has spent its retry budget' : ''}`
    return {
      task: waiting(task, 'delayed', nowMs, {
        ...patch,
        notBeforeMs,
        avoid,
        planned: null,
        ...(strategy === 'failback' ? { background: true } : {}),
      }),
      events: [taskEvent(task, 'task.retry', 'notice', what)],
    }
  }
  const atEnd = late ? { ...patch, noRetry: late } : patch
  const despite = fallbackValue !== undefined ? 'fallback' : strategy === 'failsafe' ? 'ignored' : null
  if (despite) {
    const how = despite === 'fallback' ? 'succeeded with its fallback value' : 'counts as succeeded'
    return {
      task: moveTo(task, 'succeeded', nowMs, { ...atEnd, despite }),
      events: [
        taskEvent(task, 'task.failure-ignored', 'warning', `${how}, although it failed${on}: ${exitInWords(end.exit)}`),
      ],
    }
  }
  const state = timedOut ? 'timed-out' : attemptsMax > 1 ? 'dead' : 'failed'
  const tries = attemptsMax > 1 ? ` after ${failures} ${failures === 1 ? 'attempt' : 'attempts'}` : ''
  const tooLateFor = late ? `; ${late}` : ''
  const full = hasNoRoom ? ' (as many tasks as may wait for a background retry already)' : ''
  return {
    task: moveTo(task, state, nowMs, atEnd),
    events: [
      taskEvent(
        task,
        `task.${state}`,
        'error',
        `${saying[state]}${tries}${on}${full}: ${exitInWords(end.exit)}${tooLateFor}`,
      ),
    ],
  }
}

/** Why an attempt that would begin at `atMs` is not worth beginning; null when it is. */
function tooLate(task: Task, spec: TaskSpec, atMs: number, usualRunMs: number): string | null {
  const { deadlineMs } = faultsOf(spec)
  if (deadlineMs === undefined) return null
  const leftMs = task.createdAtMs + deadlineMs - atMs
  if (leftMs <= 0) return `its deadline of ${formatDuration(deadlineMs)} would be over before another attempt`
  if (leftMs >= usualRunMs) return null
  return `another attempt would have ${formatDuration(leftMs)} of its deadline left, and half the runs of ${task.name} take ${formatDuration(usualRunMs)} or longer`
}

const saying = { failed: 'failed', dead: 'failed for good', 'timed-out': 'timed out' } as const

/** The attempt was stopped because somebody asked for it, and its processes are gone: the task becomes what the request said. */
export function finishStop(task: Task, spec: TaskSpec, end: AttemptEnd, context: EndContext): TaskChange {
  const { stop } = task
  const { nowMs } = context
  if (stop?.becomes === 'timed-out') {
    return failAttempt(
      task,
      spec,
      { ...end, exit: { ...end.exit, timedOut: end.exit.timedOut ?? stop.timeout ?? 'run' } },
      context,
    )
  }
  if (stop?.becomes === 'failed') return failUnhealthy(task, end, nowMs)
  const attempts = withAttempt(task, task.attempt, { outcome: 'stopped', ...recordOf(end) })
  const on = task.nodeId ? ` on ${task.nodeId}` : ''
  // What never began may begin elsewhere, under any policy.
  const neverRan = end.startedAtMs === null && task.startedAtMs === null && stop?.why !== 'cancel'
  if (stop?.becomes === 'queued' || (stop && neverRan)) {
    const avoid = task.nodeId ? avoiding(task, task.nodeId, 'prefer', nowMs + RATHER_ELSEWHERE_MS, nowMs) : task.avoid
    return {
      task: waiting(task, 'queued', nowMs, { attempts, avoid }),
      events: [taskEvent(task, 'task.moved', 'info', `was stopped${on} and is queued for another node`)],
    }
  }
  return {
    task: moveTo(task, 'cancelled', nowMs, { attempts, exit: end.exit, usage: end.usage }),
    events: [taskEvent(task, 'task.cancelled', 'info', `was cancelled${on}${stop ? `, asked for by ${stop.by}` : ''}`)],
  }
}

/** Its health check gave it up, and it was stopped for that. */
function failUnhealthy(task: Task, end: AttemptEnd, nowMs: UnixMs): TaskChange {
  const because = `it was unhealthy: ${task.health?.because ?? 'no reason was given'}`.slice(0, 2_000)
  const exit: Exit = { ...end.exit, error: because }
  const attempts = withAttempt(task, task.attempt, { outcome: 'failed', ...recordOf({ ...end, exit }) })
  const on = task.nodeId ? ` on ${task.nodeId}` : ''
  return {
    task: moveTo(task, 'failed', nowMs, { attempts, failures: task.failures + 1, exit, usage: end.usage }),
    events: [taskEvent(task, 'task.failed', 'warning', `was stopped${on}: ${because}`)],
  }
}

/** The node said no before anything ran: back to the queue, no failure counted, not there again for a while. */
export function rejectAttempt(task: Task, because: string, nowMs: UnixMs): TaskChange {
  const exit: Exit = { code: null, signal: null, error: because, outOfMemory: false, timedOut: null }
  const attempts = withAttempt(task, task.attempt, { outcome: 'rejected', endedAtMs: nowMs, exit })
  const avoid = task.nodeId ? avoiding(task, task.nodeId, 'never', nowMs + REJECTED_MS, nowMs) : task.avoid
  const what = `was rejected by ${task.nodeId ?? 'its node'}: ${because}`
  return {
    task: waiting(task, 'queued', nowMs, { attempts, avoid, planned: null }),
    events: [taskEvent(task, 'task.rejected', 'notice', what)],
  }
}

/** The attempt is gone with its node: queued again, counted apart from failures. */
export function loseAttempt(task: Task, because: string, nowMs: UnixMs): TaskChange {
  const attempts = withAttempt(task, task.attempt, { outcome: 'lost', endedAtMs: nowMs })
  const avoid = task.nodeId ? avoiding(task, task.nodeId, 'prefer', nowMs + RATHER_ELSEWHERE_MS, nowMs) : task.avoid
  const what = `was lost with ${task.nodeId ?? 'its node'} (${because}) and is queued again`
  return {
    task: waiting(task, 'queued', nowMs, { attempts, avoid, planned: null }),
    events: [taskEvent(task, 'task.lost', 'warning', what)],
  }
}

function recordOf({ exit, usage, startedAtMs, endedAtMs }: AttemptEnd) {
  return { exit, usage, endedAtMs, ...(startedAtMs === null ? {} : { startedAtMs }) }
}
