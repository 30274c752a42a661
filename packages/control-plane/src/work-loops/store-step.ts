import type { ClusterEvent } from '@quarterdeck/domain'
import type { Change } from '@quarterdeck/store'
import { ownMeta } from '../actor.ts'
import { storeError } from '../commit-draft.ts'
import type { Core } from '../core.ts'

export type LeaderStep = {
  readonly changes: readonly Change[]
  readonly events?: readonly ClusterEvent[]
  /** For the log when it could not be stored: "a step of a schedule". */
  readonly what: string
  /** Of what, as it is named in the log. */
  readonly id: string
}

/**
 * Stores what the leader decided, with its fence. Never rejects: true when it is stored; otherwise it is decided again at the next look,
 * from the state as it is then.
 */
export async function storeStep(core: Core, { changes, events = [], what, id }: LeaderStep): Promise<boolean> {
  const fence = core.leadership.fence()
  if (!fence) return false
  try {
    // What a leader decides must not wait behind submits.
    const request = { fence, changes, meta: ownMeta(core, [...events]) }
    const reply = await core.committer.commit(request, 'priority')
    if (reply.status === 'fenced') core.leadership.fenced()
    if (reply.status === 'committed') core.leadership.decided()
    if (reply.status === 'conflict') await core.cache.fresh()
    return reply.status === 'committed'
  } catch (error) {
    core.platform.log.warn(`${what} was not stored`, { id, because: storeError(error).message })
    return false
  }
}
