import { taskEvent } from '@quarterdeck/controllers'
import { deadLetterStates, type Stored, type TaskId, type TaskSpec, taskIdSchema } from '@quarterdeck/domain'
import { put, replace } from '../change.ts'
import type { Core } from '../core.ts'
import { submitOf } from '../tasks/dead-letters.ts'
import { newTask } from '../tasks/new-task.ts'
import { soonOnce } from '../work-loops/soon-once.ts'
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
  let timer: { cancel(): void } | null = null

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
    const work = failed.faults?.fallbackWork
    if (!work) return
    const { faults, exec: _, handler: __, driver: ___, ...same } = submitOf(failed)
    const id = taskIdSchema.parse(`fallback-of-${failed.id.slice(-ID_LENGTH)}`)
    const { fallbackWork, fallbackValue, deadlineMs, ...rest } = faults ?? { strategy: 'failover', breaker: true }
    const made = newTask(core, { ...same, ...work, faults: rest }, failed.submittedBy, {
      id,
      fallbackOf: failed.id,
      shard: failed.shard,
    })
    const text = `runs its fallback in its place: ${id}`
    storing.add(failed.id)
    const changes = [
      replace(stored, { ...stored.value, fallback: id }),
      put('task-spec', made.spec, 0),
      put('task', made.task, 0),
    ]
    const events = [taskEvent(stored.value, 'task.fallback', 'notice', text)]
    await storeStep(core, { changes, events, what: 'a fallback', id: failed.id })
    storing.delete(failed.id)
  }

  const lookSoon = soonOnce(core.platform, () => {
    if (timer) look()
  })
  const wake = () => {
    if (timer) lookSoon()
  }

  core.cache.subscribe((change) => {
    if (change.kind !== 'reset') {
      for (const one of change.changes) {
        if (one.kind !== 'task' || !one.after || !isFailed(one.after)) continue
        heard.add(one.after.value.id)
        wake()
      }
      return
    }
    for (const state of deadLetterStates) for (const id of core.tasks.inState(state)) heard.add(id)
  })

  return {
    start() {
      for (const state of deadLetterStates) for (const id of core.tasks.inState(state)) heard.add(id)
      timer = core.platform.timers.every(LOOK_MS, look)
    },
    stop() {
      timer?.cancel()
      timer = null
    },
  }
}

function isFailed({ value: { state } }: Stored<'task'>): boolean {
  return deadLetterStates.some((each) => each === state)
}

function wantsFallback(stored: Stored<'task'>, { faults }: TaskSpec): boolean {
  return isFailed(stored) && faults?.fallbackWork !== undefined && stored.value.fallback === undefined
}
