import { isTerminal, type TaskId, type TaskRow, type TaskState } from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import { taskRow } from '../live/rows.ts'
import { createWaiter } from '../live/waiter.ts'

/** The row now and at each change; ends after the terminal one, or when the task is gone. A slow reader sees the latest, not each. */
export async function* watchTask(core: Core, id: TaskId, signal: AbortSignal): AsyncIterable<TaskRow> {
  const waiter = createWaiter(core.platform.timers)
  const subscription = core.cache.subscribe((change) => {
    if (change.kind === 'reset' || change.changes.some((one) => one.kind === 'task' && one.id === id)) waiter.wake()
  })
  let shown = -1
  try {
    while (!signal.aborted) {
      const stored = core.cache.get('task', id)
      if (!stored) return
      if (stored.revision !== shown) {
        shown = stored.revision
        yield taskRow(stored)
        if (isTerminal(stored.value.state)) return
      }
      await waiter.wait(60_000, signal)
    }
  } finally {
    subscription.cancel()
  }
}

/**
 * Callers that wait for the end of single tasks. One subscription serves them all, so that a thousand waiters do not mean a thousand
 * looks at each change.
 */
export type EndOfTasks = {
  /** Resolves with true when the task has ended or went on in the background, false after `waitMs` or when aborted. */
  wait(id: TaskId, waitMs: number, signal: AbortSignal): Promise<boolean>
}

export function createEndOfTasks(core: Core): EndOfTasks {
  const waiting = new Map<TaskId, Set<() => void>>()
  const hasEnded = (id: TaskId) => {
    const task = core.cache.get('task', id)?.value
    return task !== undefined && (isTerminal(task.state) || task.background === true)
  }
  core.cache.subscribe((change) => {
    if (waiting.size === 0) return
    const ids =
      change.kind === 'reset'
        ? [...waiting.keys()]
        : change.changes.filter((one) => one.kind === 'task').map((one) => one.id as TaskId)
    for (const id of ids) if (hasEnded(id)) for (const resume of waiting.get(id) ?? []) resume()
  })

  return {
    wait(id, waitMs, signal) {
      if (hasEnded(id)) return Promise.resolve(true)
      return new Promise((resolve) => {
        const finish = () => {
          timer.cancel()
          signal.removeEventListener('abort', finish)
          const others = waiting.get(id)
          others?.delete(finish)
          if (others?.size === 0) waiting.delete(id)
          resolve(hasEnded(id))
        }
        const timer = core.platform.timers.after(waitMs, finish)
        signal.addEventListener('abort', finish, { once: true })
        const others = waiting.get(id) ?? new Set()
        waiting.set(id, others.add(finish))
      })
    },
  }
}

export type Finished = { readonly taskId: TaskId; readonly state: TaskState; readonly attempt: number }

/** Batches of a submitter's tasks as they end. What ends while the reader is busy comes in its next batch. */
export async function* finishedTasks(
  core: Core,
  submittedBy: string,
  signal: AbortSignal,
): AsyncIterable<readonly Finished[]> {
  const waiter = createWaiter(core.platform.timers)
  let batch: Finished[] = []
  const subscription = core.cache.subscribe((change) => {
    if (change.kind === 'reset') return
    for (const one of change.changes) {
      if (one.kind !== 'task' || !one.after) continue
      const { id, state, attempt, submittedBy: by } = one.after.value
      if (by !== submittedBy || !isTerminal(state) || (one.before && isTerminal(one.before.value.state))) continue
      batch.push({ taskId: id, state, attempt })
      waiter.wake()
    }
  })
  try {
    while (!signal.aborted) {
      if (batch.length > 0) {
        const out = batch
        batch = []
        yield out
      }
      await waiter.wait(60_000, signal)
    }
  } finally {
    subscription.cancel()
  }
}
