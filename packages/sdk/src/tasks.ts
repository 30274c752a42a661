import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import {
  isTerminal,
  type TaskId,
  type TaskResult,
  type TaskRow,
  type TaskState,
  type TaskSubmitInput,
} from '@quarterdeck/domain'
import type { LogLine } from '@quarterdeck/domain/wire'
import { type Calls, passing } from './calls.ts'
import type { Output } from './procedures.ts'
import type { Subscriptions } from './subscriptions.ts'

export type WaitOptions = {
  /** Longest wait for the end of the task, milliseconds. Default: as long as it takes. */
  readonly waitMs?: number
  readonly signal?: AbortSignal
}

/** A task and, once it has ended, what it left. */
export type Ended = { readonly row: TaskRow; readonly result: TaskResult | null }
export type Finished = readonly { readonly taskId: TaskId; readonly state: TaskState; readonly attempt: number }[]

type SubmitOutcome = Output<'tasks', 'submitMany'>[number]

export type Tasks = {
  /** Hands a task in. Safe to repeat: a key is made when the task has none, so a lost answer never makes a second task. */
  submit(task: TaskSubmitInput, options?: { readonly signal?: AbortSignal }): Promise<Output<'tasks', 'submit'>>
  /** Many at once; one outcome each, in order. Those that a busy controller has no room for are handed in again for a while. */
  submitMany(
    tasks: readonly TaskSubmitInput[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<Output<'tasks', 'submitMany'>>
  /** Hands a task in and waits for its end. When `waitMs` is over, the answer is the task as it is then. */
  run(task: TaskSubmitInput, options?: WaitOptions): Promise<Ended & { readonly existing: boolean }>
  /** Waits for the end of a task, or until it goes on in the background (failback). When `waitMs` is over, the answer is the task as it is then. */
  wait(id: string, options?: WaitOptions): Promise<Ended>
  /** Lines of one attempt (default: the current one), live until it ends. Goes on where it was when a controller dies. */
  logs(
    input: { readonly id: string; readonly attempt?: number; readonly fromOffset?: number },
    options?: { readonly signal?: AbortSignal },
  ): AsyncGenerator<LogLine, void>
  /** Batches of own tasks as they end, from now on. */
  finished(options?: { readonly signal?: AbortSignal }): AsyncGenerator<Finished, void>
}

/** One long poll: well below what the server allows. */
const POLL_MS = 25_000
/** A batch is as much work as hundreds of calls, and a busy controller does it all the same. */
const MANY_MS = 45_000

export function createTasks({
  calls,
  subscriptions,
}: {
  readonly calls: Calls
  readonly subscriptions: Subscriptions
}): Tasks {
  return {
    async submit(task, { signal } = {}) {
      return (await change('tasks.submit', withKey(task), signal)) as Output<'tasks', 'submit'>
    },

    async submitMany(tasks, { signal } = {}) {
      const keyed = tasks.map(withKey)
      const outcomes: SubmitOutcome[] = []
      const untilMs = performance.now() + MANY_MS
      let wanted = keyed.map((_, index) => index)
      while (wanted.length > 0) {
        const batch = wanted.flatMap((index) => keyed[index] ?? [])
        const replies = (await change(
          'tasks.submitMany',
          { tasks: batch },
          signal,
          MANY_MS,
        )) as readonly SubmitOutcome[]
        const again: number[] = []
        let waitMs = 0
        for (const [at, index] of wanted.entries()) {
          const reply = replies[at]
          if (!reply) continue
          outcomes[index] = reply
          if (reply.ok || !passing.has(reply.error.code)) continue
          again.push(index)
          waitMs = Math.max(waitMs, reply.error.retryAfterMs ?? 0)
        }
        if (performance.now() + waitMs > untilMs) break
        if (again.length > 0) await delay(waitMs, undefined, signal ? { signal } : {})
        wanted = again
      }
      return outcomes
    },

    async run(task, { waitMs = Number.POSITIVE_INFINITY, signal } = {}) {
      const untilMs = performance.now() + waitMs
      const pollMs = Math.min(waitMs, POLL_MS)
      const input = { task: withKey(task), waitMs: Math.round(pollMs) }
      const first = (await change('tasks.run', input, signal, pollMs)) as Output<'tasks', 'run'>
      return { ...(await untilEnded(first, untilMs, signal)), existing: first.existing }
    },

    async wait(id, { waitMs = Number.POSITIVE_INFINITY, signal } = {}) {
      const untilMs = performance.now() + waitMs
      return untilEnded(await poll(id, waitMs, signal), untilMs, signal)
    },

    async *logs(input, { signal } = {}) {
      for await (const item of subscriptions.open('tasks.logs', input, signal)) yield (item as { data: LogLine }).data
    },

    async *finished({ signal } = {}) {
      for await (const batch of subscriptions.open('tasks.finished', undefined, signal)) yield batch as Finished
    },
  }

  function change(path: string, input: unknown, signal: AbortSignal | undefined, waitsMs = 0): Promise<unknown> {
    return calls.call({
      kind: 'mutation',
      path,
      input,
      repeatable: true,
      timeoutMs: waitsMs + 15_000,
      ...(signal ? { signal } : {}),
    })
  }

  async function untilEnded(first: Ended, untilMs: number, signal: AbortSignal | undefined): Promise<Ended> {
    let seen = first
    while (!isTerminal(seen.row.state) && !seen.row.background) {
      const leftMs = untilMs - performance.now()
      if (leftMs <= 0) return seen
      seen = await poll(seen.row.id, leftMs, signal)
    }
    return seen
  }

  async function poll(id: string, leftMs: number, signal: AbortSignal | undefined): Promise<Ended> {
    const waitMs = Math.max(0, Math.round(Math.min(leftMs, POLL_MS)))
    const answer = await calls.call({
      kind: 'query',
      path: 'tasks.wait',
      input: { id, waitMs },
      repeatable: true,
      timeoutMs: waitMs + 15_000,
      ...(signal ? { signal } : {}),
    })
    return answer as Output<'tasks', 'wait'>
  }
}

function withKey(task: TaskSubmitInput): TaskSubmitInput {
  return task.idempotencyKey === undefined ? { ...task, idempotencyKey: randomUUID() } : task
}
