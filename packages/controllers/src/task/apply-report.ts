import {
  type AttemptRecord,
  isPlaced,
  isTerminal,
  isWaiting,
  type NodeId,
  type Task,
  type TaskResult,
  type TaskSpec,
  type UnixMs,
} from '@quarterdeck/domain'
import type { Report } from '@quarterdeck/domain/wire'
import type { TaskChange } from '../task-change.ts'
import { currentAttempt, withAttempt } from './attempts.ts'
import { type EndContext, failAttempt, finishStop, loseAttempt, rejectAttempt, succeed } from './end-attempt.ts'
import { moveTo } from './move-to.ts'
import { revive } from './revive.ts'
import { taskEvent } from './task-event.ts'

type Ended = Extract<Report, { kind: 'ended' }>

export type ReportContext = EndContext & {
  /** The node whose agent reports. */
  readonly nodeId: NodeId
}

/**
 * What an agent's report makes of a task. The same task object when the report says nothing new; `obsolete` when it is about an
 * attempt that no longer counts. Either way the agent need not send it again.
 *
 * A result counts for the current attempt, whatever session it arrives on, and never for another; the end of an attempt that was given
 * up as lost is kept in its record only. A terminal state never changes. Applying a report twice changes nothing the second time.
 */
export function applyReport(
  task: Task,
  spec: TaskSpec,
  report: Report,
  context: ReportContext,
): TaskChange | 'obsolete' {
  const { nowMs } = context
  const record = task.attempts.find(({ attempt }) => attempt === report.attempt)
  if (record?.nodeId !== context.nodeId) return 'obsolete'
  if (report.attempt !== task.attempt) return keepZombie(task, record, report)
  // Lost with its node and not yet begun elsewhere: what still comes from it is as good as if it had never been lost.
  const lost = isWaiting(task.state) && record.outcome === 'lost'
  if (!lost && !isPlaced(task.state)) return isTerminal(task.state) ? keepZombie(task, record, report) : 'obsolete'
  // It was queued again already, so there is nothing to take back.
  if (lost && report.kind === 'rejected') return 'obsolete'
  const current = lost ? revive(task, record, nowMs) : task

  switch (report.kind) {
    case 'accepted':
      return { task: current, events: [] }
    case 'started':
      return { task: onStarted(current, report.atMs, nowMs), events: [] }
    case 'progress':
      return { task: onProgress(current, report, nowMs), events: [] }
    case 'health':
      return onHealth(current, report, nowMs)
    case 'measured':
      return { task: onMeasured(current, report, nowMs), events: [] }
    case 'rejected':
      return onRejected(current, spec, report, context)
    case 'ended':
      return onEnded(current, spec, report, context)
    default:
      return report satisfies never
  }
}

function onStarted(task: Task, atMs: UnixMs, nowMs: UnixMs): Task {
  const record = currentAttempt(task)
  // Agents' clocks differ: a start is never before its assignment, and never after now.
  const startedAtMs = task.startedAtMs ?? clamp(atMs, record?.assignedAtMs ?? nowMs, nowMs)
  const attempts = withAttempt(task, task.attempt, { outcome: 'running', startedAtMs })
  switch (task.state) {
    case 'assigned':
    case 'unknown':
      // With a stop on it, its agent learns of it by the desired set; the state says what is true until then.
      return moveTo(task, task.stop && task.state === 'unknown' ? 'stopping' : 'running', nowMs, {
        startedAtMs,
        attempts,
        planned: null,
      })
    case 'stopping':
      return task.startedAtMs === null ? { ...task, startedAtMs, attempts } : task
    default:
      return task
  }
}

function onProgress(task: Task, { share, text, atMs }: Extract<Report, { kind: 'progress' }>, nowMs: UnixMs): Task {
  const running = task.state === 'running' || task.state === 'stopping' ? task : onStarted(task, atMs, nowMs)
  const known = running.progress
  if (known && known.share === share && known.text === text) return running
  return { ...running, progress: { share, text, atMs: nowMs } }
}

function onHealth(
  task: Task,
  { healthy, because, atMs }: Extract<Report, { kind: 'health' }>,
  nowMs: UnixMs,
): TaskChange {
  const running = task.state === 'running' || task.state === 'stopping' ? task : onStarted(task, atMs, nowMs)
  const known = running.health
  if (known?.healthy === healthy && known.because === because) return { task: running, events: [] }
  const sinceMs = known?.healthy === healthy ? known.sinceMs : nowMs
  const events = []
  if (!healthy && known?.healthy !== false)
    events.push(taskEvent(task, 'task.unhealthy', 'warning', `is unhealthy on ${task.nodeId}: ${because}`))
  if (healthy && known?.healthy === false)
    events.push(taskEvent(task, 'task.healthy', 'info', `is healthy again on ${task.nodeId}`))
  return { task: { ...running, health: { healthy, because, sinceMs } }, events }
}

function onMeasured(task: Task, report: Extract<Report, { kind: 'measured' }>, nowMs: UnixMs): Task {
  const running = task.state === 'running' || task.state === 'stopping' ? task : onStarted(task, report.atMs, nowMs)
  const { cpuMillis, memoryBytes } = report
  const known = running.measured
  if (known?.cpuMillis === cpuMillis && known.memoryBytes === memoryBytes) return running
  return { ...running, measured: { cpuMillis, memoryBytes, atMs: nowMs } }
}

function onRejected(
  task: Task,
  spec: TaskSpec,
  { because }: Extract<Report, { kind: 'rejected' }>,
  context: EndContext,
): TaskChange {
  if (!task.stop) return rejectAttempt(task, because, context.nowMs)
  const exit = { code: null, signal: null, error: because, outOfMemory: false, timedOut: null }
  return finishStop(
    stopping(task, context.nowMs),
    spec,
    { exit, usage: null, startedAtMs: null, endedAtMs: context.nowMs },
    context,
  )
}

function onEnded(task: Task, spec: TaskSpec, report: Ended, context: EndContext): TaskChange {
  const change = byOutcome(task, spec, report, context)
  const result = resultOf(report)
  const fallbackValue = change.task.despite === 'fallback' ? spec.faults?.fallbackValue : undefined
  return { ...change, result: fallbackValue === undefined ? result : { ...result, value: fallbackValue } }
}

/**
 * A result beats a stop that was asked for later: an attempt that ended by itself counts as it ended. The agent puts a sentence into
 * `exit.error` when it ended the attempt on request, so that a program which exits 0 on SIGTERM is not taken for one that was done.
 */
function byOutcome(task: Task, spec: TaskSpec, report: Ended, context: EndContext): TaskChange {
  const { exit } = report
  if (exit.error === null && exit.timedOut === null && exit.signal === null && exit.code === 0) {
    return succeed(task, report, context.nowMs)
  }
  // Its agent was stopped by plan and confirmed that the processes are gone: lost, not failed, and free to begin elsewhere.
  if (report.left && task.stop === null && task.policy !== 'at-most-once') {
    return loseAttempt(task, 'its agent was stopped', context.nowMs)
  }
  const endedByItself = exit.error === null && exit.signal === null
  const wantsEnd = task.stop !== null && !(endedByItself && task.stop.becomes === 'queued')
  if (wantsEnd) return finishStop(stopping(task, context.nowMs), spec, report, context)
  return failAttempt(task, spec, report, context)
}

function stopping(task: Task, nowMs: UnixMs): Task {
  return task.state === 'stopping' ? task : moveTo(task, 'stopping', nowMs)
}

function resultOf(report: Ended): TaskResult {
  return {
    v: 1,
    id: report.taskId,
    attempt: report.attempt,
    ...(report.value === undefined ? {} : { value: report.value }),
    logTail: report.logTail,
    logBytesTotal: report.logBytesTotal,
  }
}

/** The end of an attempt that was given up, kept in its record: it ran to its end although nobody was to know. */
function keepZombie(task: Task, record: AttemptRecord, report: Report): TaskChange | 'obsolete' {
  if (report.kind !== 'ended' || record.outcome !== 'lost') return 'obsolete'
  const patch: Partial<AttemptRecord> = {
    outcome: 'zombie',
    exit: report.exit,
    usage: report.usage,
    endedAtMs: report.endedAtMs,
  }
  return { task: { ...task, attempts: withAttempt(task, report.attempt, patch) }, events: [] }
}

function clamp(value: UnixMs, min: UnixMs, max: UnixMs): UnixMs {
  return value < min ? min : value > max ? max : value
}
