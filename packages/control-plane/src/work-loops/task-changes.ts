import type { TaskChange } from '@quarterdeck/controllers'
import { isTerminal, type TaskId } from '@quarterdeck/domain'
import type { Check } from '@quarterdeck/store'
import { ownMeta } from '../actor.ts'
import { put, replace } from '../change.ts'
import { storeError } from '../commit-draft.ts'
import type { Core } from '../core.ts'

/** Carries out what reconcilers decided about tasks: each change in a commit of its own, so that one conflict holds up no other. */
export type TaskChanges = {
  /**
   * `asLeader`: fenced. `checks`: what else must still be as it was when this was decided. Resolves when each was stored or refused; a
   * refused one is left to the next look at fresh state.
   */
  carryOut(
    changes: readonly TaskChange[],
    options: { readonly asLeader: boolean; readonly checks?: readonly Check[] },
  ): Promise<void>
  /** Whether a change of this task is on its way: deciding again before it returns would be deciding on old state. */
  isInFlight(id: TaskId): boolean
}

export function createTaskChanges(core: Core): TaskChanges {
  const inFlight = new Set<TaskId>()

  async function store(change: TaskChange, asLeader: boolean, checks: readonly Check[]): Promise<void> {
    const { task, result, events } = change
    const stored = core.cache.get('task', task.id)
    const fence = asLeader ? core.leadership.fence() : undefined
    if (!stored || fence === null || inFlight.has(task.id)) return
    inFlight.add(task.id)
    try {
      const reply = await core.committer.commit(
        {
          ...(fence ? { fence } : {}),
          changes: [replace(stored, task), ...(result ? [put('task-result', result, 'any')] : [])],
          checks,
          meta: ownMeta(core, [...events]),
          essential: isTerminal(task.state),
        },
        'priority',
      )
      if (reply.status === 'fenced') core.leadership.fenced()
      if (reply.status === 'committed' && fence) core.leadership.decided()
    } catch (error) {
      core.platform.log.warn('a change of a task was not stored', {
        taskId: task.id,
        because: storeError(error).message,
      })
    } finally {
      inFlight.delete(task.id)
    }
  }

  return {
    isInFlight: (id) => inFlight.has(id),
    async carryOut(changes, { asLeader, checks = [] }) {
      await Promise.all(changes.map((change) => store(change, asLeader, checks)))
    },
  }
}
