import {
  isLiveRun,
  type Schedule,
  type ScheduleDraft,
  scheduleInputSchema,
  scheduleSchema,
  type TaskId,
  type TaskState,
  type UnixMs,
} from '@quarterdeck/domain'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applySchedule, pauseSchedule, recordManualRun, resumeSchedule } from './change-schedule.ts'
import { type CronAfter, nextRuns } from './due-times.ts'
import { reconcileSchedule } from './reconcile-schedule.ts'
import type { RunTask } from './run-history.ts'

const START = 1_800_000_000_000
const at = (seconds: number) => (START + seconds * 1_000) as UnixMs
/** Stands for a calendar: every whole minute. */
const everyMinute: CronAfter = (_, afterMs) => ((Math.floor(afterMs / 60_000) + 1) * 60_000) as UnixMs

function scheduleOf(more: Partial<ScheduleDraft> = {}): Schedule {
  const input = scheduleInputSchema.parse({
    id: 's',
    timing: { kind: 'rate', everyMs: 10_000 },
    task: { name: 'job', driver: 'exec', exec: { command: 'true' } },
    ...more,
  })
  return applySchedule(null, input, { by: 'user:ana', nowMs: at(0), cronAfter: everyMinute })
}

/** A schedule with its tasks, as a store would hold them. */
function stage(first: Schedule) {
  const tasks = new Map<string, RunTask>()
  const made: TaskId[] = []
  let schedule = first
  return {
    tasks,
    made,
    get schedule() {
      return schedule
    },
    set schedule(next) {
      schedule = next
    },
    end(id: TaskId, state: TaskState, seconds: number) {
      tasks.set(id, { state, endedAtMs: at(seconds), stop: null })
    },
    look(seconds: number, isQueueFull = false) {
      const around = { taskOf: (id: TaskId) => tasks.get(id), cronAfter: everyMinute, isQueueFull, nowMs: at(seconds) }
      const step = reconcileSchedule(schedule, around)
      if (!step) return null
      schedule = scheduleSchema.parse(step.schedule)
      for (const { taskId } of step.create) {
        tasks.set(taskId, { state: 'queued', endedAtMs: null, stop: null })
        made.push(taskId)
      }
      const stop = {
        why: 'cancel',
        becomes: 'cancelled',
        by: 's',
        requestedAtMs: at(0),
        graceMs: 0,
        timeout: null,
      } as const
      for (const id of step.stop) {
        const task = tasks.get(id)
        if (task) tasks.set(id, { ...task, stop })
      }
      return step
    },
  }
}

const outcomes = (schedule: Schedule) => schedule.runs.map(({ outcome, count }) => `${outcome} ${count}`)

describe('a schedule', () => {
  it('makes one task per due time, named after it', () => {
    const cluster = stage(scheduleOf({ overlap: 'allow' }))
    expect(cluster.look(9)).toBeNull()
    cluster.look(10)
    expect(cluster.look(10)).toBeNull()
    cluster.look(20)
    expect(cluster.made).toEqual([`s.${at(10)}`, `s.${at(20)}`])
    expect(cluster.schedule.nextAtMs).toBe(at(30))
  })

  it('makes up for the newest due time that is not too late, and says how many it missed', () => {
    const cluster = stage(scheduleOf())
    cluster.look(45)
    expect(cluster.made).toEqual([`s.${at(40)}`])
    expect(outcomes(cluster.schedule)).toEqual(['started 1', 'missed 3'])
  })

  it('makes up for none when the newest is too late, unless it is told once or all', () => {
    const slow = { timing: { kind: 'rate', everyMs: 600_000 } } as const
    const skips = stage(scheduleOf(slow))
    skips.look(700)
    expect(skips.made).toEqual([])
    const once = stage(scheduleOf({ ...slow, missed: { policy: 'once' } }))
    once.look(1_900)
    expect(once.made).toEqual([`s.${at(1_800)}`])
    const all = stage(scheduleOf({ ...slow, missed: { policy: 'all', runsMax: 2 }, overlap: 'allow' }))
    all.look(1_900)
    expect(all.made).toEqual([`s.${at(1_200)}`, `s.${at(1_800)}`])
    expect(outcomes(all.schedule)).toEqual(['started 1', 'started 1', 'missed 1'])
  })

  it('skips a run while the one before lives, and keeps that one in its history', () => {
    const cluster = stage(scheduleOf())
    for (let seconds = 10; seconds <= 400; seconds += 10) cluster.look(seconds)
    expect(cluster.made).toHaveLength(1)
    expect(outcomes(cluster.schedule)).toEqual(['overlapped 39', 'started 1'])
    cluster.end(`s.${at(10)}` as TaskId, 'succeeded', 401)
    cluster.look(402)
    expect(cluster.schedule.runs.find(({ taskId }) => taskId)?.ended).toBe('succeeded')
  })

  it('queues a run until the one before has ended', () => {
    const cluster = stage(scheduleOf({ overlap: 'queue' }))
    for (const seconds of [10, 20, 30]) cluster.look(seconds)
    expect(cluster.schedule.waiting).toEqual([at(20), at(30)])
    cluster.end(`s.${at(10)}` as TaskId, 'failed', 31)
    cluster.look(32)
    expect(cluster.made).toEqual([`s.${at(10)}`, `s.${at(20)}`])
  })

  it('replaces a run: asks for its end, and starts the newer one once it has ended', () => {
    const cluster = stage(scheduleOf({ overlap: 'replace' }))
    cluster.look(10)
    expect(cluster.look(20)?.stop).toEqual([`s.${at(10)}`])
    expect(cluster.look(21)).toBeNull()
    cluster.end(`s.${at(10)}` as TaskId, 'cancelled', 22)
    cluster.look(23)
    expect(cluster.made).toEqual([`s.${at(10)}`, `s.${at(20)}`])
  })

  it('with a fixed delay counts from the end of the run before', () => {
    const cluster = stage(scheduleOf({ timing: { kind: 'delay', afterMs: 5_000 } }))
    cluster.look(5)
    expect(cluster.schedule.nextAtMs).toBeNull()
    expect(cluster.look(60)).toBeNull()
    cluster.end(`s.${at(5)}` as TaskId, 'succeeded', 60)
    cluster.look(61)
    expect(cluster.schedule.nextAtMs).toBe(at(65))
  })

  it('does nothing while it is paused, and does not call that missed', () => {
    const cluster = stage(scheduleOf())
    cluster.schedule = pauseSchedule(cluster.schedule, 'holidays', { by: 'user:ana', nowMs: at(5) })
    expect(cluster.look(100)).toBeNull()
    cluster.schedule = resumeSchedule(cluster.schedule, { nowMs: at(100), cronAfter: everyMinute })
    cluster.look(110)
    expect(outcomes(cluster.schedule)).toEqual(['started 1'])
  })

  it('keeps its due time when only its task changes', () => {
    const before = scheduleOf()
    const input = scheduleInputSchema.parse({ id: 's', timing: before.timing, task: { ...before.task, priority: 90 } })
    const after = applySchedule(before, input, { by: 'user:bo', nowMs: at(7), cronAfter: everyMinute })
    expect(after.nextAtMs).toBe(before.nextAtMs)
    expect(after.task.priority).toBe(90)
  })

  it('refuses a run when no task can be taken in', () => {
    const cluster = stage(scheduleOf())
    cluster.look(10, true)
    expect(outcomes(cluster.schedule)).toEqual(['refused 1'])
    expect(cluster.made).toEqual([])
  })

  it('makes no second task when it was removed and made again before the due time was over', () => {
    const cluster = stage(scheduleOf())
    cluster.end(`s.${at(10)}` as TaskId, 'succeeded', 10)
    expect(cluster.look(10)?.create).toEqual([])
    expect(outcomes(cluster.schedule)).toEqual(['started 1'])
  })

  it('notes a run by hand', () => {
    const run = recordManualRun(scheduleOf(), 't1' as TaskId, { by: 'user:ana', nowMs: at(1) }).runs[0]
    expect(run).toMatchObject({ dueAtMs: null, taskId: 't1', because: 'Started by user:ana.' })
  })

  it('tells the next runs, also of a calendar', () => {
    const cron = scheduleOf({ timing: { kind: 'cron', expression: '* * * * *', timeZone: 'UTC' } })
    const runs = nextRuns(cron, 3, at(0), everyMinute)
    expect(runs).toEqual([0, 1, 2].map((index) => everyMinute({ ...cronTiming }, START + index * 60_000)))
  })

  it('finds the newest due time of a calendar after a year of outage', () => {
    const cluster = stage(scheduleOf({ timing: cronTiming, missed: { policy: 'once' } }))
    cluster.look(365 * 24 * 3_600)
    expect(cluster.made).toEqual([`s.${Math.floor(at(365 * 24 * 3_600) / 60_000) * 60_000}`])
  })
})

const cronTiming = { kind: 'cron', expression: '* * * * *', timeZone: 'UTC' } as const

describe('any history of a schedule', () => {
  const policies = {
    overlap: fc.constantFrom('skip', 'queue', 'replace', 'allow'),
    missed: fc.record({ policy: fc.constantFrom('skip', 'once', 'all') }),
    timing: fc.constantFrom(
      { kind: 'rate', everyMs: 10_000 } as const,
      { kind: 'delay', afterMs: 10_000 } as const,
      cronTiming,
    ),
  }
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 90 }), fc.boolean()), { maxLength: 60 })

  it('applied twice at one moment changes nothing, and no due time ever makes two tasks', () => {
    fc.assert(
      fc.property(fc.record(policies), steps, (chosen, moves) => {
        const cluster = stage(scheduleOf(chosen as Partial<ScheduleDraft>))
        let seconds = 0
        for (const [passes, ends] of moves) {
          seconds += passes
          const oldest = cluster.schedule.runs.filter(isLiveRun).at(-1)?.taskId
          if (ends && oldest) cluster.end(oldest, 'succeeded', seconds)
          cluster.look(seconds)
          expect(cluster.look(seconds)).toBeNull()
        }
        expect(new Set(cluster.made).size).toBe(cluster.made.length)
        if (chosen.overlap !== 'allow') expect(cluster.schedule.runs.filter(isLiveRun).length).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('with the policy "all" and runs that may overlap loses none', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 30 }), (pauses) => {
        const cluster = stage(scheduleOf({ overlap: 'allow', missed: { policy: 'all', runsMax: 19 } }))
        let seconds = 0
        for (const passes of pauses) {
          seconds += passes
          cluster.look(seconds)
          for (const { taskId } of cluster.schedule.runs) if (taskId) cluster.end(taskId, 'succeeded', seconds)
          cluster.look(seconds)
        }
        expect(cluster.made).toHaveLength(Math.floor(seconds / 10))
      }),
    )
  })
})
