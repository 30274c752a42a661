import { limits } from '@quarterdeck/domain'
import type { Platform } from '@quarterdeck/platform'
import { asFeedChange } from '../as-feed-change.ts'
import type { ReadCache } from '../cache/contract.ts'
import type { Commit, CommitReply, Store } from '../contract.ts'

export type CommitRequest = Omit<Commit, 'historyId'>

/**
 * `normal` is refused with `Overloaded` when too much waits. `priority` never: for the leader's decisions, results and cancels, which
 * end work or free memory.
 */
export type CommitLane = 'normal' | 'priority'

/** The way in for everything that one controller writes: what is asked in one turn of the loop goes in one call. */
export type Committer = {
  /**
   * Decided in the cache's history: a write that stood on an older one gets `history`. A commit that went through is in the cache when
   * this resolves. Rejects with `Overloaded` (nothing was sent), `StoreAway` or `OutcomeUnknown`.
   */
  commit(request: CommitRequest, lane?: CommitLane): Promise<CommitReply>
  /** Commits that have not been sent. */
  readonly waiting: number
}

/** Too much waits to be written. Nothing was sent. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'
  readonly retryAfterMs: number

  constructor(message: string, retryAfterMs: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

type CommitterOptions = {
  readonly store: Pick<Store, 'commit'>
  readonly platform: Platform
  readonly cache: ReadCache
}

/** A commit that waited this long says that the store is slower than we write: new ones are refused. */
const WAIT_MS_MAX = 500

export function committer({ store, platform, cache }: CommitterOptions): Committer {
  const lanes = { normal: createLane(), priority: createLane() }

  return {
    commit(request, lane = 'normal') {
      return new Promise((resolve, reject) => {
        const { queue } = lanes[lane]
        const refusal = lane === 'normal' ? overload(queue) : null
        if (refusal) return reject(refusal)
        const commit = { ...request, historyId: cache.historyId }
        queue.push({ commit, queuedMs: platform.clock.monotonicMs(), resolve, reject })
        wake(lanes[lane])
      })
    },
    get waiting() {
      return lanes.normal.queue.length + lanes.priority.queue.length
    },
  }

  function overload(queue: readonly Waiting[]): Overloaded | null {
    const waitedMs = platform.clock.monotonicMs() - (queue[0]?.queuedMs ?? Number.POSITIVE_INFINITY)
    if (queue.length < limits.scriptQueueMax && waitedMs <= WAIT_MS_MAX) return null
    return new Overloaded(`${queue.length} commits wait for the store`, WAIT_MS_MAX)
  }

  /** An idle lane sends at the end of this turn, with all that the turn adds; a busy one when its call returns. */
  function wake(lane: Lane) {
    if (lane.isBusy) return
    lane.isBusy = true
    platform.timers.soon(() => void drain(lane))
  }

  async function drain(lane: Lane) {
    while (lane.queue.length > 0) await send(takeBatch(lane.queue))
    lane.isBusy = false
  }

  async function send(batch: readonly Waiting[]) {
    try {
      const replies = await store.commit(batch.map(({ commit }) => commit))
      for (const [index, waiting] of batch.entries()) settle(waiting, replies[index])
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  function settle({ commit, resolve, reject }: Waiting, reply: CommitReply | undefined) {
    if (!reply) return reject(new Error('the store gave fewer replies than commits'))
    if (reply.status === 'committed') {
      const { historyId, meta } = commit
      cache.applyCommitted({ historyId, revision: reply.revision, meta, changes: commit.changes.map(asFeedChange) })
    }
    resolve(reply)
  }
}

type Waiting = {
  readonly commit: Commit
  readonly queuedMs: number
  readonly resolve: (reply: CommitReply) => void
  readonly reject: (error: unknown) => void
}

type Lane = { readonly queue: Waiting[]; isBusy: boolean }

function createLane(): Lane {
  return { queue: [], isBusy: false }
}

/**
 * As many as fit in one call; the first always does. What is essential goes apart from what is not, so that a store out of memory can
 * take the one and refuse the other.
 */
function takeBatch(queue: Waiting[]): readonly Waiting[] {
  let changes = 0
  const isEssential = queue[0]?.commit.essential === true
  const end = queue.findIndex(({ commit }, index) => {
    changes += Math.max(1, commit.changes.length)
    return index > 0 && (changes > limits.commitChangesMax || isEssential !== (commit.essential === true))
  })
  return queue.splice(0, end < 0 ? queue.length : end)
}
