import { makeRoom, withoutLateRoom } from '@quarterdeck/controllers'
import type { Task, TaskId } from '@quarterdeck/domain'
import { type Pending, preempt } from '@quarterdeck/scheduler'
import type { LeaseFence } from '@quarterdeck/store'
import { ownMeta } from '../actor.ts'
import { replace } from '../change.ts'
import { storeError } from '../commit-draft.ts'
import type { Core } from '../core.ts'
import { awaitedTask, type ClusterView } from './cluster-view.ts'

/** Each is a look at every node, and its victims are work that is lost: a few a pass are plenty. */
const PREEMPTIONS_PER_PASS = 5

export type Preempting = {
  /** Makes room for those of these tasks that fit nowhere and may preempt. */
  makeRoomFor(refused: readonly Pending[], fence: LeaseFence): void
}

/**
 * Stops less important tasks for one that may preempt, in one commit with the note where its room will be, so that nobody else takes
 * that room and the next leader knows of it too.
 */
export function createPreempting(core: Core, view: ClusterView): Preempting {
  const inFlight = new Set<TaskId>()

  async function store(
    tasks: readonly Task[],
    events: Parameters<typeof ownMeta>[1],
    fence: LeaseFence,
  ): Promise<void> {
    const [awaited] = tasks
    const changes = tasks.flatMap((task) => {
      const stored = core.cache.get('task', task.id)
      return stored ? [replace(stored, task)] : []
    })
    if (!awaited || changes.length !== tasks.length) return
    for (const { id } of tasks) inFlight.add(id)
    try {
      const reply = await core.committer.commit({ fence, changes, meta: ownMeta(core, events) }, 'priority')
      if (reply.status === 'fenced') core.leadership.fenced()
      if (reply.status === 'committed') core.leadership.decided()
    } catch (error) {
      core.platform.log.warn('room was not made', { taskId: awaited.id, because: storeError(error).message })
    } finally {
      for (const { id } of tasks) inFlight.delete(id)
      view.settle(awaited.id)
    }
  }

  function begin(pending: Pending, fence: LeaseFence): boolean {
    const { task } = pending
    const nowMs = core.platform.clock.unixMs()
    const context = { random: core.platform.random, nowMs }
    const found = preempt(view.snapshot, pending, context, (id) => core.cache.get('task', id)?.value)
    if (!found || found.victims.some((id) => inFlight.has(id))) return false
    const victims = found.victims.flatMap((id) => {
      const victim = core.cache.get('task', id)?.value
      const spec = core.cache.get('task-spec', id)?.value
      return victim && spec ? [{ task: victim, spec }] : []
    })
    const changes = victims.length === found.victims.length ? makeRoom(task, found, victims, nowMs) : null
    const [awaited] = changes ?? []
    if (!changes || !awaited?.task.room) return false
    view.hold(awaitedTask(awaited.task, awaited.task.room, pending.spec))
    void store(
      changes.map((change) => change.task),
      changes.flatMap(({ events }) => events),
      fence,
    )
    return true
  }

  return {
    makeRoomFor(refused, fence) {
      let left = PREEMPTIONS_PER_PASS
      for (const pending of refused) {
        const { task, spec } = pending
        if (spec.preempts !== true || inFlight.has(task.id)) continue
        const current = withoutLateRoom(task, core.platform.clock.unixMs())
        if (current.room) continue
        if (left > 0 && begin({ task: current, spec }, fence)) left -= 1
        else if (current !== task) void store([current], [], fence)
      }
    },
  }
}
