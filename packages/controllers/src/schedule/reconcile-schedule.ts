import {
  type ClusterEvent,
  isLiveRun,
  limits,
  type Schedule,
  type ScheduleRun,
  type TaskId,
  type UnixMs,
} from '@quarterdeck/domain'
import { type CronAfter, passedDues } from './due-times.ts'
import { type RunTask, recordRun, runIdOf, settleRuns } from './run-history.ts'

export type ScheduleAround = {
  taskOf(id: TaskId): RunTask | undefined
  readonly cronAfter: CronAfter
  /** No further task can be taken in by the cluster. */
  readonly isQueueFull: boolean
  readonly nowMs: UnixMs
}

/** The next value of a schedule and what goes with it, in one commit. */
export type ScheduleStep = {
  readonly schedule: Schedule
  readonly create: readonly { readonly taskId: TaskId; readonly dueAtMs: UnixMs }[]
  /** Tasks whose end is asked for, because a newer run replaces them. */
  readonly stop: readonly TaskId[]
  readonly events: readonly ClusterEvent[]
}

/**
 * Says what one schedule must do now; null when nothing. Takes the whole state and no event, so a leader that missed everything decides
 * the same as one that saw it all. Applying the step and calling again at the same moment returns null.
 */
export function reconcileSchedule(schedule: Schedule, around: ScheduleAround): ScheduleStep | null {
  const { taskOf, nowMs } = around
  const draft: Draft = {
    runs: settleRuns(schedule.runs, taskOf),
    waiting: schedule.waiting,
    started: 0,
    create: [],
    events: [],
  }
  let { nextAtMs } = schedule
  if (!schedule.paused) {
    nextAtMs ??= dueOfDelay(schedule, draft, nowMs)
    nextAtMs = takeDues({ ...schedule, nextAtMs }, draft, around)
    startWaiting(schedule, draft, around)
  }
  const next: Schedule = {
    ...schedule,
    nextAtMs,
    runs: [...draft.runs],
    waiting: [...draft.waiting],
    startedTotal: schedule.startedTotal + draft.started,
  }
  const stop = tasksToReplace(next, taskOf)
  const isSame = draft.runs === schedule.runs && draft.waiting === schedule.waiting && nextAtMs === schedule.nextAtMs
  if (isSame && stop.length === 0) return null
  return { schedule: next, create: draft.create, stop, events: draft.events }
}

type Draft = {
  runs: readonly ScheduleRun[]
  waiting: readonly UnixMs[]
  started: number
  readonly create: { taskId: TaskId; dueAtMs: UnixMs }[]
  readonly events: ClusterEvent[]
}

/** A fixed delay goes on from the end of its last run. */
function dueOfDelay({ timing }: Schedule, draft: Draft, nowMs: UnixMs): UnixMs | null {
  if (timing.kind !== 'delay' || draft.runs.some(isLiveRun)) return null
  const lastMs = draft.runs.reduce((latest, run) => Math.max(latest, run.endedAtMs ?? run.atMs), 0)
  return Math.ceil((lastMs || nowMs) + timing.afterMs) as UnixMs
}

function startWaiting(schedule: Schedule, draft: Draft, around: ScheduleAround): void {
  const [dueAtMs, ...rest] = draft.waiting
  if (dueAtMs === undefined || draft.runs.some(isLiveRun)) return
  draft.waiting = rest
  start(schedule, draft, dueAtMs, around)
}

/** Decides each due time that has come. Returns the next one that has not. */
function takeDues(schedule: Schedule, draft: Draft, around: ScheduleAround): UnixMs | null {
  const { missed, timing } = schedule
  const { nowMs, cronAfter } = around
  const keep = missed.policy === 'all' ? missed.runsMax : 1
  const { dues, older, next } = passedDues(schedule, keep, nowMs, cronAfter)
  const inTime = missed.policy === 'skip' ? dues.filter((due) => nowMs - due <= missed.lateMsMax) : dues
  const lost = older + dues.length - inTime.length
  if (lost > 0) skipMissed(schedule, draft, lost, dues[0] ?? nowMs, nowMs)
  // Of several that come at once only the newest would outlive its own replacement.
  const wanted = schedule.overlap === 'replace' ? inTime.slice(-1) : inTime
  if (wanted.length < inTime.length) skipReplaced(draft, inTime.length - wanted.length, wanted[0] ?? nowMs, nowMs)
  for (const due of wanted) decide(schedule, draft, due, around)
  // A fixed delay that was missed begins anew; one that started goes on from its end.
  if (timing.kind === 'delay' && dues.length > 0 && inTime.length === 0)
    return Math.ceil(nowMs + timing.afterMs) as UnixMs
  return next
}

function skipMissed(schedule: Schedule, draft: Draft, count: number, dueAtMs: UnixMs, nowMs: UnixMs): void {
  const because = `${count === 1 ? 'A due time' : `${count} due times`} passed while nobody could start it; the policy is "${schedule.missed.policy}".`
  draft.runs = recordRun(draft.runs, entry({ dueAtMs, nowMs, outcome: 'missed', count, because }))
  draft.events.push(scheduleEvent(schedule, 'schedule.missed', 'warning', because))
}

function decide(schedule: Schedule, draft: Draft, dueAtMs: UnixMs, around: ScheduleAround): void {
  const live = draft.runs.filter(isLiveRun).length
  const mayStart =
    (live === 0 && draft.waiting.length === 0) || (schedule.overlap === 'allow' && live < limits.scheduleLiveRunsMax)
  if (mayStart) start(schedule, draft, dueAtMs, around)
  else overlap(schedule, draft, dueAtMs, around.nowMs)
}

function overlap(schedule: Schedule, draft: Draft, dueAtMs: UnixMs, nowMs: UnixMs): void {
  const skip = (because: string) => {
    draft.runs = recordRun(draft.runs, entry({ dueAtMs, nowMs, outcome: 'overlapped', because }))
  }
  switch (schedule.overlap) {
    case 'skip':
      skip('The run before had not ended.')
      break
    case 'allow':
      skip(`${limits.scheduleLiveRunsMax} runs lived, which is the most.`)
      break
    case 'queue':
      if (draft.waiting.length < limits.scheduleWaitingMax) draft.waiting = [...draft.waiting, dueAtMs]
      else skip(`${draft.waiting.length} runs waited, which is the most.`)
      break
    case 'replace':
      if (draft.waiting.length > 0) skipReplaced(draft, draft.waiting.length, dueAtMs, nowMs)
      draft.waiting = [dueAtMs]
  }
}

function skipReplaced(draft: Draft, count: number, dueAtMs: UnixMs, nowMs: UnixMs): void {
  const because = 'A newer run took its place before it started.'
  draft.runs = recordRun(draft.runs, entry({ dueAtMs, nowMs, outcome: 'overlapped', count, because }))
}

function start(
  schedule: Schedule,
  draft: Draft,
  dueAtMs: UnixMs,
  { taskOf, isQueueFull, nowMs }: ScheduleAround,
): void {
  const taskId = runIdOf(schedule.id, dueAtMs)
  // Already there when the schedule was removed and made again between a due time and now: it stands for the run.
  const isThere = taskOf(taskId) !== undefined
  if (isQueueFull && !isThere) {
    const because = `${limits.queuedTasksMax} tasks wait, which is the most.`
    draft.runs = recordRun(draft.runs, entry({ dueAtMs, nowMs, outcome: 'refused', because }))
    draft.events.push(scheduleEvent(schedule, 'schedule.refused', 'error', because))
    return
  }
  if (!isThere) draft.create.push({ taskId, dueAtMs })
  draft.started += 1
  draft.runs = recordRun(draft.runs, entry({ dueAtMs, nowMs, outcome: 'started', taskId, because: '' }))
}

function entry({
  nowMs,
  ...run
}: Pick<ScheduleRun, 'dueAtMs' | 'outcome' | 'because'> &
  Partial<Pick<ScheduleRun, 'taskId' | 'count'>> & { readonly nowMs: UnixMs }): ScheduleRun {
  return { taskId: null, count: 1, ...run, atMs: nowMs, ended: null, endedAtMs: null }
}

/** A run that waits to replace others asks for their end until each was asked. */
function tasksToReplace({ overlap, waiting, runs }: Schedule, taskOf: ScheduleAround['taskOf']): TaskId[] {
  if (overlap !== 'replace' || waiting.length === 0) return []
  return runs.flatMap((run) => {
    const task = isLiveRun(run) && run.taskId !== null ? taskOf(run.taskId) : undefined
    return run.taskId !== null && task && task.stop?.becomes !== 'cancelled' ? [run.taskId] : []
  })
}

export function scheduleEvent(
  { id }: Pick<Schedule, 'id'>,
  type: `schedule.${string}`,
  severity: ClusterEvent['severity'],
  text: string,
): ClusterEvent {
  return {
    type,
    subject: { kind: 'schedule', id },
    severity,
    text: `Schedule ${id}: ${text}`.slice(0, limits.reasonLengthMax),
  }
}
