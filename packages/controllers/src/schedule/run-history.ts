import {
  isLiveRun,
  isTerminal,
  limits,
  type Schedule,
  type ScheduleRun,
  type Task,
  type TaskId,
} from '@quarterdeck/domain'

/** What a schedule needs to know of a task that it started. */
export type RunTask = Pick<Task, 'state' | 'endedAtMs' | 'stop'>

/** The id of the run of one due time. The same in every leader, so that none can make a second one. */
export function runIdOf(scheduleId: Schedule['id'], dueAtMs: number): TaskId {
  return `${scheduleId}.${dueAtMs}` as TaskId
}

/** Newest first; the same outcome without a task many times over is one line. What lives is never forgotten. */
export function recordRun(runs: readonly ScheduleRun[], run: ScheduleRun): ScheduleRun[] {
  const [newest, ...rest] = runs
  const joins = newest !== undefined && run.taskId === null && newest.taskId === null && newest.outcome === run.outcome
  const next = joins ? [{ ...run, count: newest.count + run.count }, ...rest] : [run, ...runs]
  return next.filter((each, index) => index < limits.scheduleRunsKept || isLiveRun(each))
}

/** The runs with the ends of their tasks. The same array when none has ended since. */
export function settleRuns(
  runs: readonly ScheduleRun[],
  taskOf: (id: TaskId) => RunTask | undefined,
): readonly ScheduleRun[] {
  let isChanged = false
  const settled = runs.map((run) => {
    if (!isLiveRun(run) || run.taskId === null) return run
    const task = taskOf(run.taskId)
    if (task && !isTerminal(task.state)) return run
    isChanged = true
    // Gone without a trace: it ended long ago and was reaped before anybody looked.
    return { ...run, ended: task?.state ?? 'lost-unknown', endedAtMs: task?.endedAtMs ?? run.atMs }
  })
  return isChanged ? settled : runs
}
