import {
  clusterError,
  fail,
  type Idempotency,
  idempotencySchema,
  limits,
  type NodeId,
  type Outcome,
  ok,
  type TaskId,
  type TaskSubmit,
} from '@quarterdeck/domain'
import { findStrategy, strategies } from '@quarterdeck/scheduler'
import type { Change, CommitReply } from '@quarterdeck/store'
import { actorOf, metaOf } from '../actor.ts'
import { type Draft, put } from '../change.ts'
import { storeError } from '../commit-draft.ts'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'
import type { Crypto } from '../crypto.ts'
import { templateTask } from '../job-templates/template-task.ts'
import type { Placer } from '../scheduling/scheduling-loop.ts'
import { canonicalJson } from './canonical-json.ts'
import { type NewTaskOptions, newTask } from './new-task.ts'

export type Submitted = { readonly taskId: TaskId; readonly existing: boolean; readonly revision: number }
type Deps = { readonly crypto: Crypto; readonly placer: Placer }

/**
 * Stores a task: spec, state and idempotency record in one commit. When this controller leads, the assignment goes into the same commit,
 * so that a task costs two round trips to the store from submit to result.
 */
export async function submitTask(
  core: Core,
  deps: Deps,
  input: TaskSubmit,
  caller: Caller,
  again: NewTaskOptions = {},
): Promise<Outcome<Submitted>> {
  const refusal = refuseTask(core, input)
  if (refusal) return fail(refusal)

  const by = actorOf(caller)
  const key =
    input.idempotencyKey === undefined ? null : idempotencyRecord(core, deps.crypto, input, by, input.idempotencyKey)
  const { spec, task } = newTask(core, input, by, again)
  const record: Change[] = key ? [put('idempotency', { ...key, taskId: task.id }, 0)] : []
  const meta = metaOf(core, caller, {
    action: again.retryOf ? 'tasks.rerun' : 'tasks.submit',
    target: `task:${task.id}`,
    detail: task.name,
  })

  const { historyId } = core.cache
  try {
    const placed = task.state === 'queued' ? deps.placer.place(task, spec) : null
    const base = [put('task-spec', spec, 0), ...record]
    let reply: CommitReply
    if (placed) {
      reply = await placed.commit({ changes: base, meta })
      // Deposed, or the node changed meanwhile: the task itself is still wanted, so it queues like any other.
      if (reply.status === 'fenced' || (reply.status === 'conflict' && reply.kind === 'node'))
        reply = await queue(core, { changes: [...base, put('task', task, 0)], meta })
    } else {
      reply = await queue(core, { changes: [...base, put('task', task, 0)], meta })
    }
    if (reply.status === 'conflict' && reply.kind === 'idempotency' && key) {
      const found = await existing(core, key)
      // An earlier try may have stored it without hearing that it is durable.
      if (found.ok && input.durable) await core.store.durable(historyId)
      return found
    }
    if (reply.status !== 'committed') {
      return fail(
        clusterError('unavailable', 'The store changed its history just now.', {
          remedy: 'Submit again with the same idempotency key.',
          retryAfterMs: 500,
        }),
      )
    }
    if (input.durable) await core.store.durable(historyId)
    return ok({ taskId: task.id, existing: false, revision: reply.revision })
  } catch (error) {
    return fail(storeError(error))
  }
}

function queue(core: Core, draft: Draft): Promise<CommitReply> {
  return core.committer.commit(draft)
}

/** Why the cluster cannot take in such a task now; null when it can. */
export function refuseTask(core: Core, input: TaskSubmit) {
  if (input.strategy !== undefined && !findStrategy(input.strategy)) {
    const accepted = strategies.map(({ name }) => name).join(', ')
    return clusterError('bad_input', `strategy "${input.strategy}" is not known; accepted: ${accepted}.`, {
      field: 'strategy',
    })
  }
  if (input.faults?.strategy === 'failfast' && input.policy === 'exclusive')
    return clusterError(
      'bad_input',
      'failfast is never repeated, and policy "exclusive" repeats a task that was lost.',
      {
        field: 'faults.strategy',
        remedy: 'Take failover, or another policy.',
      },
    )
  for (const [field, ids] of Object.entries({ onNodes: input.onNodes, notOnNodes: input.notOnNodes }) as [
    string,
    NodeId[],
  ][]) {
    const unknown = ids.find((id) => !core.cache.get('node', id))
    if (unknown !== undefined)
      return clusterError('node_not_found', `${field}: there is no node "${unknown}".`, {
        field,
        remedy: 'See qd node ls.',
      })
  }
  const call = input.faults?.fallbackJob
  const fallback = call ? templateTask(core, call) : null
  if (fallback && !fallback.ok) {
    const { field, ...error } = fallback.error
    return { ...error, field: ['faults.fallbackJob', ...(field ? [field] : [])].join('.') }
  }
  const mostWaiting = input.concurrency?.waiting
  if (mostWaiting !== undefined && waitingOf(core, input.name) >= mostWaiting)
    return clusterError('queue_full', `${mostWaiting} of ${input.name} wait, the most that the job allows.`, {
      field: 'concurrency.waiting',
      remedy: 'Submit again when some have begun.',
      retryAfterMs: 1_000,
    })
  const waiting = core.tasks.inState('queued').size + core.tasks.inState('delayed').size
  if (waiting >= limits.queuedTasksMax) {
    return clusterError('queue_full', `${limits.queuedTasksMax} tasks are waiting, which is the most.`, {
      remedy: 'Try again when some have run.',
      retryAfterMs: 5_000,
    })
  }
  return null
}

function waitingOf(core: Core, name: string): number {
  let count = 0
  for (const state of ['queued', 'delayed'] as const)
    for (const id of core.tasks.inState(state)) if (core.cache.get('task', id)?.value.name === name) count++
  return count
}

function idempotencyRecord(
  core: Core,
  crypto: Crypto,
  input: TaskSubmit,
  by: string,
  key: string,
): Omit<Idempotency, 'taskId'> {
  return {
    v: 1,
    id: crypto.sha256Hex(`${by}\n${key}`).slice(0, 48),
    specHash: crypto.sha256Hex(canonicalJson(input)),
    createdAtMs: core.platform.clock.unixMs(),
  }
}

/** The task of an earlier submit with the same key: the same spec finds it, another one is an error. */
async function existing(core: Core, key: Omit<Idempotency, 'taskId'>): Promise<Outcome<Submitted>> {
  const text = await core.store.get('idempotency', key.id)
  const stored = text ? idempotencySchema.parse(JSON.parse(text.text)) : null
  if (!text || !stored) {
    return fail(
      clusterError('revision_conflict', 'The idempotency key expired just now.', {
        remedy: 'Submit again.',
        retryAfterMs: 100,
      }),
    )
  }
  if (stored.specHash !== key.specHash) {
    return fail(
      clusterError(
        'idempotency_conflict',
        `This idempotency key was used for another task (${stored.taskId}) with a different specification.`,
        {
          field: 'idempotencyKey',
          remedy: 'Use a new key for new work.',
        },
      ),
    )
  }
  return ok({ taskId: stored.taskId, existing: true, revision: text.revision })
}
