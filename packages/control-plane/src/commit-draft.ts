import { clusterError, fail, type Outcome, ok } from '@quarterdeck/domain'
import { type CommitReply, OutcomeUnknown, Overloaded, StoreAway } from '@quarterdeck/store'
import type { Draft } from './change.ts'
import type { Core } from './core.ts'

const TRIES = 6

/**
 * Commits what `draft` makes of the present state, again from fresh state when somebody else was quicker. `draft` runs once per try and
 * must not keep anything between tries.
 *
 * The fence is taken for each try when `asLeader` is set. Errors: whatever `draft` refuses with; `revision_conflict` after 6 tries;
 * `not_leader`, `unavailable`, `outcome_unknown`, `overloaded`.
 */
export async function commitDraft<Value>(
  core: Core,
  draft: () => Outcome<Draft & { readonly value: Value }>,
  { asLeader = false }: { readonly asLeader?: boolean } = {},
): Promise<Outcome<{ readonly value: Value; readonly revision: number }>> {
  for (let tries = 0; tries < TRIES; tries++) {
    const drafted = draft()
    if (!drafted.ok) return drafted
    if (drafted.value.changes.length === 0) return ok({ value: drafted.value.value, revision: core.cache.revision })

    const sent = await send(core, drafted.value, asLeader)
    if (!sent.ok) return sent
    const reply = sent.value
    if (reply.status === 'committed') return ok({ value: drafted.value.value, revision: reply.revision })
    if (reply.status === 'fenced') {
      core.leadership.fenced()
      return fail(
        clusterError('not_leader', 'Another controller leads by now.', { remedy: 'Try again.', retryAfterMs: 500 }),
      )
    }
    const caughtUp = await freshen(core)
    if (!caughtUp.ok) return caughtUp
  }
  return fail(
    clusterError('revision_conflict', 'The object kept changing while this was saved.', {
      remedy: 'Look at it again, then repeat.',
      retryAfterMs: 200,
    }),
  )
}

async function send(core: Core, draft: Draft, asLeader: boolean): Promise<Outcome<CommitReply>> {
  const fence = asLeader ? core.leadership.fence() : undefined
  if (fence === null) return fail(clusterError('not_leader', 'This controller does not lead.', { retryAfterMs: 500 }))
  try {
    const request = { ...(fence ? { fence } : {}), changes: draft.changes, meta: draft.meta }
    // What a leader decides must not wait behind submits: under load it is what frees room.
    const reply = await core.committer.commit(request, fence ? 'priority' : 'normal')
    if (fence && reply.status === 'committed') core.leadership.decided()
    return ok(reply)
  } catch (error) {
    return fail(storeError(error))
  }
}

async function freshen(core: Core): Promise<Outcome<null>> {
  try {
    await core.cache.fresh()
    return ok(null)
  } catch (error) {
    return fail(storeError(error))
  }
}

/**
 * The same for what must not be lost once it is acknowledged: accounts, tokens, roles. Waits until the store has it as safe as it can make
 * it; when that cannot be told in time, the outcome is unknown and says so.
 */
export async function commitDurably<Value>(
  core: Core,
  draft: () => Outcome<Draft & { readonly value: Value }>,
): Promise<Outcome<{ readonly value: Value; readonly revision: number }>> {
  const { historyId } = core.cache
  const done = await commitDraft(core, draft)
  if (!done.ok) return done
  try {
    await core.store.durable(historyId)
    return done
  } catch (error) {
    return fail(storeError(error))
  }
}

/** Says in the API's words that the store did not answer. Anything else is a bug and is thrown on. */
export function storeError(error: unknown) {
  if (error instanceof StoreAway) {
    return clusterError('unavailable', 'The store (Redis) does not answer, so nothing can be changed now.', {
      remedy: 'Running tasks keep running. Try again.',
      retryAfterMs: 1_000,
    })
  }
  if (error instanceof OutcomeUnknown) {
    return clusterError(
      'outcome_unknown',
      'The store (Redis) did not answer in time: the change may or may not have happened.',
      {
        remedy: 'Repeat it with the same idempotency key, or look whether it happened.',
        retryAfterMs: 1_000,
      },
    )
  }
  if (error instanceof Overloaded) {
    return clusterError('overloaded', 'This controller has too much to write.', {
      remedy: 'Try again.',
      retryAfterMs: 500,
    })
  }
  throw error
}
