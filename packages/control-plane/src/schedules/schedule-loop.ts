import { reconcileSchedule, requestStop, type ScheduleStep } from '@quarterdeck/controllers'
import { isLiveRun, limits, type Schedule, type Stored } from '@quarterdeck/domain'
import type { Timer } from '@quarterdeck/platform'
import type { Change, ObjectChange } from '@quarterdeck/store'
import { put, replace } from '../change.ts'
import type { Core } from '../core.ts'
import { newTask } from '../tasks/new-task.ts'
import { repeating } from '../work-loops/repeating.ts'
import { storeStep } from '../work-loops/store-step.ts'
import { cronAfter } from './cron-after.ts'

const LOOK_MS = 1_000

/**
 * Starts the runs of schedules while this controller leads. The task of a due time and the schedule that has passed it are written in
 * one fenced commit at the schedule's revision: of all leaders that try, one gets it in.
 */
export function createScheduleLoop(core: Core): { start(): void; stop(): void } {
  const { timers, clock } = core.platform
  const inFlight = new Set<string>()
  const looking = repeating(core.platform, LOOK_MS, look)
  let dueTimer: Timer | null = null

  function look(): void {
    if (!core.leadership.fence() || !core.cache.complete) return
    const nowMs = clock.unixMs()
    const isQueueFull = core.tasks.inState('queued').size + core.tasks.inState('delayed').size >= limits.queuedTasksMax
    const taskOf = (id: string) => core.cache.get('task', id)?.value
    let soonestMs = Number.POSITIVE_INFINITY
    for (const stored of core.cache.all('schedule').values()) {
      if (inFlight.has(stored.id)) continue
      const step = reconcileSchedule(stored.value, { taskOf, cronAfter, isQueueFull, nowMs })
      if (step) void carryOut(stored, step)
      else soonestMs = Math.min(soonestMs, stored.value.nextAtMs ?? soonestMs)
    }
    dueTimer?.cancel()
    const inMs = soonestMs - nowMs
    if (inMs < LOOK_MS) dueTimer = timers.after(Math.max(1, inMs), looking.wake)
  }

  /** Never rejects: what failed is decided again from the state as it is then. */
  async function carryOut(stored: Stored<'schedule'>, step: ScheduleStep): Promise<void> {
    inFlight.add(stored.id)
    const changes = [replace(stored, step.schedule), ...newTasks(core, step), ...stopped(core, step)]
    await storeStep(core, { changes, events: step.events, what: 'a step of a schedule', id: stored.id })
    inFlight.delete(stored.id)
    looking.wake()
  }

  return {
    start() {
      core.cache.subscribe((change) => {
        if (change.kind === 'reset' || change.changes.some((one) => concerns(core, one))) looking.wake()
      })
      core.leadership.subscribe(looking.wake)
      looking.start()
    },
    stop() {
      looking.stop()
      dueTimer?.cancel()
    },
  }
}

function newTasks(core: Core, { schedule, create }: ScheduleStep): Change[] {
  return create.flatMap(({ taskId }) => {
    const { spec, task } = newTask(core, schedule.task, `schedule:${schedule.id}`, { id: taskId })
    return [put('task-spec', spec, 0), put('task', task, 0)]
  })
}

function stopped(core: Core, { schedule, stop }: ScheduleStep): Change[] {
  return stop.flatMap((id) => {
    const stored = core.cache.get('task', id)
    if (!stored) return []
    const request = {
      why: 'cancel',
      becomes: 'cancelled',
      by: `schedule:${schedule.id}`,
      graceMs: schedule.task.killGraceMs,
      timeout: null,
    } as const
    const { task } = requestStop(stored.value, request, core.platform.clock.unixMs())
    return task === stored.value ? [] : [replace(stored, task)]
  })
}

/** A schedule changed, or a run of one ended. */
function concerns(core: Core, one: ObjectChange): boolean {
  if (one.kind === 'schedule') return true
  const by = one.kind === 'task' ? one.after?.value.submittedBy : undefined
  if (!by?.startsWith('schedule:')) return false
  const schedule: Schedule | undefined = core.cache.get('schedule', by.slice('schedule:'.length))?.value
  return schedule?.runs.some((run) => run.taskId === one.id && isLiveRun(run)) ?? false
}
