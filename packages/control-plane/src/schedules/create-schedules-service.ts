import { applySchedule, nextRuns, pauseSchedule, recordManualRun, resumeSchedule } from '@quarterdeck/controllers'
import {
  type ClusterError,
  clusterError,
  fail,
  limits,
  type Outcome,
  ok,
  type Refusal,
  type Schedule,
  type ScheduleId,
  scheduleCan,
} from '@quarterdeck/domain'
import { actorOf, metaOf } from '../actor.ts'
import { erase, put, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Caller, SchedulesService } from '../contract.ts'
import type { Core } from '../core.ts'
import { asOf } from '../nodes/read-nodes.ts'
import { newTask } from '../tasks/new-task.ts'
import { refuseTask } from '../tasks/submit.ts'
import { checkTiming, cronAfter } from './cron-after.ts'
import { NEXT_RUNS_SHOWN, scheduleRow, scheduleView } from './schedule-view.ts'

export function createSchedulesService(core: Core): SchedulesService {
  const nowMs = () => core.platform.clock.unixMs()

  /** Commits the next value of one schedule, or refuses in words. */
  async function change(
    id: ScheduleId,
    caller: Caller,
    act: { readonly action: string; readonly reason?: string },
    next: (schedule: Schedule) => Outcome<Schedule, string>,
  ): Promise<Outcome<null>> {
    const done = await commitDraft(core, () => {
      const stored = core.cache.get('schedule', id)
      if (!stored) return fail(scheduleNotFound(id))
      const wanted = next(stored.value)
      if (!wanted.ok) return fail(clusterError('wrong_state', wanted.error))
      const meta = metaOf(core, caller, { ...act, target: `schedule:${id}` })
      return ok({ value: null, changes: [replace(stored, wanted.value)], meta })
    })
    return done.ok ? ok(null) : done
  }

  return {
    list: () =>
      asOf(
        core,
        [...core.cache.all('schedule').values()]
          .sort((a, b) => (a.id < b.id ? -1 : 1))
          .map((stored) => scheduleRow(core, stored)),
      ),

    get(id) {
      const stored = core.cache.get('schedule', id)
      return stored ? ok(asOf(core, scheduleView(core, stored))) : fail(scheduleNotFound(id))
    },

    preview(timing) {
      const checked = checkTiming(timing, nowMs())
      return checked.ok
        ? ok({ nextRuns: nextRuns({ timing, nextAtMs: null }, NEXT_RUNS_SHOWN, nowMs(), cronAfter) })
        : checked
    },

    async apply(input, caller) {
      const refusal = refuseTask(core, input.task)
      if (refusal) return fail(refusal)
      const checked = checkTiming(input.timing, nowMs())
      if (!checked.ok) return checked
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('schedule', input.id)
        if (!stored && core.cache.all('schedule').size >= limits.schedulesMax) return fail(tooMany())
        const by = { by: actorOf(caller), nowMs: nowMs(), cronAfter }
        const next = applySchedule(stored?.value ?? null, input, by)
        const meta = metaOf(core, caller, { action: 'schedules.apply', target: `schedule:${input.id}` })
        const changes = [stored ? replace(stored, next) : put('schedule', next, 0)]
        return ok({ value: { created: !stored }, changes, meta })
      })
      return done.ok ? ok(done.value.value) : done
    },

    async run({ id }, caller) {
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('schedule', id)
        if (!stored) return fail(scheduleNotFound(id))
        const refusal = refuseTask(core, stored.value.task)
        if (refusal) return fail(refusal)
        const { spec, task } = newTask(core, stored.value.task, `schedule:${id}`)
        const next = recordManualRun(stored.value, task.id, { by: actorOf(caller), nowMs: nowMs() })
        const meta = metaOf(core, caller, { action: 'schedules.run', target: `schedule:${id}`, detail: task.id })
        const changes = [replace(stored, next), put('task-spec', spec, 0), put('task', task, 0)]
        return ok({ value: { taskId: task.id }, changes, meta })
      })
      return done.ok ? ok(done.value.value) : done
    },

    pause: ({ id, reason }, caller) =>
      change(id, caller, { action: 'schedules.pause', reason }, (schedule) =>
        allowed(scheduleCan.pause(schedule, caller.me.role), () =>
          pauseSchedule(schedule, reason, { by: actorOf(caller), nowMs: nowMs() }),
        ),
      ),

    resume: ({ id }, caller) =>
      change(id, caller, { action: 'schedules.resume' }, (schedule) =>
        allowed(scheduleCan.resume(schedule, caller.me.role), () =>
          resumeSchedule(schedule, { nowMs: nowMs(), cronAfter }),
        ),
      ),

    async remove({ id, reason }, caller) {
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('schedule', id)
        if (!stored) return fail(scheduleNotFound(id))
        const meta = metaOf(core, caller, { action: 'schedules.remove', target: `schedule:${id}`, reason })
        return ok({ value: null, changes: [erase('schedule', id, stored.revision)], meta })
      })
      return done.ok ? ok(null) : done
    },
  }
}

function allowed(refusal: Refusal, next: () => Schedule): Outcome<Schedule, string> {
  return refusal === null ? ok(next()) : fail(refusal)
}

function scheduleNotFound(id: string): ClusterError {
  return clusterError('schedule_not_found', `There is no schedule ${id}.`, { remedy: 'See qd schedule ls.' })
}

function tooMany(): ClusterError {
  return clusterError('limit_reached', `There are ${limits.schedulesMax} schedules, which is the most.`, {
    remedy: 'Remove some that are no longer needed.',
  })
}
