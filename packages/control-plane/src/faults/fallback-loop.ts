import { taskEvent } from '@quarterdeck/controllers'
import {
  clusterError,
  deadLetterStates,
  defaultFaults,
  type Faults,
  fail,
  type Outcome,
  ok,
  type Stored,
  type TaskId,
  type TaskSpec,
  type TaskSubmit,
  taskIdSchema,
} from '@quarterdeck/domain'
import { put, replace } from '../change.ts'
import type { Core } from '../core.ts'
import { templateTask } from '../job-templates/template-task.ts'
import { submitOf } from '../tasks/dead-letters.ts'
import { newTask } from '../tasks/new-task.ts'
import { repeating } from '../work-loops/repeating.ts'
import { storeStep } from '../work-loops/store-step.ts'

const LOOK_MS = 1_000
/** So much of the failed task's id fits into that of its fallback. */
const ID_LENGTH = 51

/**
 * Hands in the fallback of tasks that failed for good: one task each, in the same commit that notes it on the failed one, and with an id
 * that is derived, so that neither a lost answer nor a change of leader makes a second. Active only while this controller leads.
 */
export function createFallbackLoop(core: Core): { start(): void; stop(): void } {
  const storing = new Set<TaskId>()
  /** Failed tasks that may want one: heard of since the last reset, so that no look goes over every ended task. */
  const heard = new Set<TaskId>()
  const looking = repeating(core.platform, LOOK_MS, look)

  function look(): void {
    if (!core.leadership.fence() || !core.cache.complete) return
    for (const id of heard) {
      const stored = core.cache.get('task', id)
      const spec = core.cache.get('task-spec', id)?.value
      if (!stored || !spec || !wantsFallback(stored, spec)) heard.delete(id)
      else if (!storing.has(id)) void handIn(stored, spec)
    }
  }

  async function handIn(stored: Stored<'task'>, failed: TaskSpec): Promise<void> {
    storing.add(failed.id)
    const asked = fallbackOf(core, failed)
    if (asked.ok) await storeFallback(stored, failed, asked.value)
    else {
      const noFallback = asked.error.message.slice(0, 500)
      await storeStep(core, {
        changes: [replace(stored, { ...stored.value, noFallback })],
        events: [taskEvent(stored.value, 'task.fallback', 'warning', `its fallback did not run: ${noFallback}`)],
        what: 'a fallback that cannot run',
        id: failed.id,
      })
    }
    storing.delete(failed.id)
  }

  async function storeFallback(stored: Stored<'task'>, failed: TaskSpec, asked: TaskSubmit): Promise<void> {
    const id = taskIdSchema.parse(`fallback-of-${failed.id.slice(-ID_LENGTH)}`)
    const made = newTask(core, asked, failed.submittedBy, { id, fallbackOf: failed.id, shard: failed.shard })
    const changes = [
      replace(stored, { ...stored.value, fallback: id }),
      put('task-spec', made.spec, 0),
      put('task', made.task, 0),
    ]
    const text = `runs its fallback in its place: ${id}`
    const events = [taskEvent(stored.value, 'task.fallback', 'notice', text)]
    await storeStep(core, { changes, events, what: 'a fallback', id: failed.id })
  }

  core.cache.subscribe((change) => {
    if (change.kind !== 'reset') {
      for (const one of change.changes) {
        if (one.kind !== 'task' || !one.after || !isFailed(one.after)) continue
        heard.add(one.after.value.id)
        looking.wake()
      }
      return
    }
    for (const state of deadLetterStates) for (const id of core.tasks.inState(state)) heard.add(id)
  })

  return {
    start() {
      for (const state of deadLetterStates) for (const id of core.tasks.inState(state)) heard.add(id)
      looking.start()
    },
    stop: looking.stop,
  }
}

function isFailed({ value: { state } }: Stored<'task'>): boolean {
  return deadLetterStates.some((each) => each === state)
}

function wantsFallback(stored: Stored<'task'>, { faults }: TaskSpec): boolean {
  const { fallback, noFallback } = stored.value
  const isAsked = faults?.fallbackWork !== undefined || faults?.fallbackJob !== undefined
  return isFailed(stored) && isAsked && fallback === undefined && noFallback === undefined
}

/** What runs in place of a failed task, without a fallback of its own. */
function fallbackOf(core: Core, failed: TaskSpec): Outcome<TaskSubmit> {
  const { faults, exec: _, handler: __, driver: ___, ...same } = submitOf(failed)
  if (faults?.fallbackJob) {
    const made = templateTask(core, faults.fallbackJob)
    return made.ok ? ok({ ...made.value, faults: withoutFallback(made.value.faults) }) : made
  }
  const work = faults?.fallbackWork
  if (!work) return fail(clusterError('bad_input', 'It has no fallback.'))
  return ok({ ...same, ...work, faults: withoutFallback(faults) })
}

function withoutFallback(faults: Faults | undefined): Faults {
  const { fallbackWork, fallbackJob, fallbackValue, deadlineMs, ...rest } = faults ?? defaultFaults
  return rest
}
