import { closeUnknown, requestStop } from '@quarterdeck/controllers'
import { clusterError, fail, ok, type TaskId, taskCan } from '@quarterdeck/domain'
import { actorOf, metaOf } from '../actor.ts'
import { replace } from '../change.ts'
import { commitDraft, storeError } from '../commit-draft.ts'
import type { Caller, TasksService } from '../contract.ts'
import type { Core } from '../core.ts'
import type { Crypto } from '../crypto.ts'
import { taskRow } from '../live/rows.ts'
import type { LogRelay } from '../logs/log-relay.ts'
import { readPlan } from '../plans/kept-plans.ts'
import type { RecentResults } from '../reports/recent-results.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import type { Placer } from '../scheduling/scheduling-loop.ts'
import { listDeadLetters, replayDeadLetters, submitOf } from './dead-letters.ts'
import { confirmDispatch, planDispatch, previewDispatch } from './dispatch-plans.ts'
import { explainNewTask, explainTask } from './explain-task.ts'
import { listTasks } from './list-tasks.ts'
import { submitTask } from './submit.ts'
import { readResult, taskDetail, taskNotFound } from './task-detail.ts'
import { type PeerLogs, taskLogs } from './task-logs.ts'
import { createEndOfTasks, finishedTasks, watchTask } from './watch-tasks.ts'

export type TasksDeps = {
  readonly crypto: Crypto
  readonly placer: Placer
  readonly view: ClusterView
  readonly relay: LogRelay
  readonly peerLogs: PeerLogs
  readonly recent: Pick<RecentResults, 'get'>
}

export function createTasksService(core: Core, deps: TasksDeps): TasksService {
  const ends = createEndOfTasks(core)

  async function wait(id: TaskId, waitMs: number, signal: AbortSignal): ReturnType<TasksService['wait']> {
    if (!core.cache.get('task', id)) {
      const caughtUp = await core.cache.fresh().then(() => null, storeError)
      if (caughtUp) return fail(caughtUp)
      if (!core.cache.get('task', id)) return fail(taskNotFound(id))
    }
    const ended = await ends.wait(id, waitMs, signal)
    const stored = core.cache.get('task', id)
    if (!stored) return fail(taskNotFound(id))
    const recent = ended ? deps.recent.get(id, stored.value.attempt) : null
    // Only a handler's value and output are worth a read of the store; a program's exit is in the row.
    const result = ended ? (recent ?? (await readResult(core, id).catch(() => null))) : null
    return ok({ row: taskRow(stored), result })
  }

  return {
    submit: (input, caller) => submitTask(core, deps, input, caller),
    submitMany: (inputs, caller) => Promise.all(inputs.map((input) => submitTask(core, deps, input, caller))),
    wait,
    watch: (id, signal) => watchTask(core, id, signal),
    finished: (caller, signal) => finishedTasks(core, actorOf(caller), signal),
    list: (filter) => listTasks(core, filter),
    get: (id) => taskDetail(core, id),
    logs: (input, signal) => taskLogs(core, deps, input, signal),

    async run(input, waitMs, caller, signal) {
      const submitted = await submitTask(core, deps, input, caller)
      if (!submitted.ok) return submitted
      const ended = await wait(submitted.value.taskId, waitMs, signal)
      return ended.ok ? ok({ ...ended.value, existing: submitted.value.existing }) : ended
    },

    explain: (input) => explainTask(core, deps.view, input),
    explainNew: (input) => explainNewTask(core, deps.view, input),

    preview: (input) => previewDispatch(core, deps.view, input),
    plan: (input, caller) => planDispatch(core, deps.view, input, caller),
    getPlan: (planId) => readPlan(core, 'dispatch-plan', planId),
    confirm: ({ planId }, caller) => confirmDispatch(core, deps, planId, caller),

    async cancel({ id, reason }, caller) {
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('task', id)
        const spec = core.cache.get('task-spec', id)?.value
        if (!stored || !spec) return fail(taskNotFound(id))
        const refusal = taskCan.cancel(stored.value, caller.me.role)
        if (refusal) return fail(clusterError('wrong_state', refusal))
        const nowMs = core.platform.clock.unixMs()
        const change = requestStop(
          stored.value,
          {
            why: 'cancel',
            becomes: 'cancelled',
            by: actorOf(caller),
            graceMs: spec.killGraceMs,
            timeout: null,
          },
          nowMs,
        )
        if (!change) return fail(clusterError('wrong_state', `Task ${id} is already being stopped.`))
        const audit = { action: 'tasks.cancel', target: `task:${id}`, reason }
        return ok({
          value: null,
          changes: [replace(stored, change.task)],
          meta: metaOf(core, caller, audit, [...change.events]),
        })
      })
      return done.ok ? ok(null) : done
    },

    async rerun({ id }, caller: Caller) {
      const stored = core.cache.get('task', id)
      const spec = core.cache.get('task-spec', id)?.value
      if (!stored || !spec) return fail(taskNotFound(id))
      const refusal = taskCan.rerun(stored.value, caller.me.role)
      if (refusal)
        return fail(clusterError('wrong_state', refusal, { remedy: 'Cancel it first, or wait for its end.' }))
      const submitted = await submitTask(core, deps, submitOf(spec), caller, { retryOf: id, shard: spec.shard })
      return submitted.ok ? ok({ taskId: submitted.value.taskId }) : submitted
    },

    deadLetters: (filter) => listDeadLetters(core, deps.crypto, filter),
    replay: (filter, caller) => replayDeadLetters(core, deps, filter, caller),

    async closeUnknown({ id, reason }, caller) {
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('task', id)
        if (!stored) return fail(taskNotFound(id))
        const refusal = taskCan.closeUnknown(stored.value, caller.me.role)
        if (refusal) return fail(clusterError('wrong_state', refusal))
        const change = closeUnknown(stored.value, core.platform.clock.unixMs(), `closed by ${actorOf(caller)}`)
        const audit = { action: 'tasks.closeUnknown', target: `task:${id}`, reason }
        return ok({
          value: null,
          changes: [replace(stored, change.task)],
          meta: metaOf(core, caller, audit, [...change.events]),
        })
      })
      return done.ok ? ok(null) : done
    },
  }
}
