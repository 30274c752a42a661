import type { Kind } from '@quarterdeck/domain'
import type { Commit, CommitReply } from '@quarterdeck/store'
import {
  beginHistory,
  cloneState,
  createMemoryServer,
  type MemoryServer,
  type MemoryStoreState,
} from '@quarterdeck/store/memory'
import type { CommittedChange } from '../history/history-event.ts'
import type { Recorder } from '../history/recorder.ts'
import type { MachineClock } from '../world/sim-process.ts'
import { startProcess } from '../world/sim-process.ts'
import type { World } from '../world/world.ts'

/**
 * A primary with one replica. The replica follows at once, but for the time of a lag: what is written then is lost when the primary
 * fails over, unless somebody waited for it to be durable.
 */
export type StoreModel = {
  readonly server: MemoryServer
  readonly clock: MachineClock
  /** No call is answered. */
  isAway: boolean
  /** Every call takes about so much longer. */
  slowMs: number
  /** Share of replies that get lost after the call was carried out. */
  lostReplyShare: number
  readonly lags: boolean
  startLag(): void
  /** The replica has everything. */
  catchUp(): void
  /** The replica becomes the primary. Commits since the lag began are lost, and a new history begins. */
  failOver(): void
  recordCommits(by: string, commits: readonly Commit[], replies: readonly CommitReply[]): void
  /** Counts failovers and restarts: a client that was connected before must connect again. */
  readonly term: number
}

export function createStoreModel(world: World, recorder: Recorder): StoreModel {
  const clock: MachineClock = { rate: 1, jumpMs: 0 }
  const { platform } = startProcess({ world, name: 'store', clock, onLog: recorder.log })
  const server = createMemoryServer(platform)
  let replica: MemoryStoreState | null = null
  let term = 1

  return {
    server,
    clock,
    isAway: false,
    slowMs: 0,
    lostReplyShare: 0,
    get lags() {
      return replica !== null
    },
    get term() {
      return term
    },
    startLag() {
      replica ??= cloneState(server.state)
    },
    catchUp() {
      replica = null
    },
    failOver() {
      const keptRevision = replica?.revision ?? server.state.revision
      recorder.add({ kind: 'failover', keptRevision })
      if (replica) server.state = replica
      replica = null
      term += 1
      // Nobody is connected to the new primary yet.
      server.present.length = 0
      beginHistory(server)
    },
    recordCommits(by, commits, replies) {
      const { lease } = server.state
      const record = lease?.holder ? { holder: lease.holder.id, epoch: lease.epoch, nonce: lease.nonce } : null
      for (const [index, commit] of commits.entries()) {
        const reply = replies[index]
        if (reply?.status !== 'committed') continue
        recorder.add({
          kind: 'commit',
          revision: reply.revision,
          by,
          actor: commit.meta.actor,
          fence: commit.fence ?? null,
          lease: record,
          changes: commit.changes.map((change) =>
            committed(change.kind, change.id, change.op === 'put' ? change.text : null),
          ),
        })
      }
    },
  }
}

/** The texts were written by the schema's own types; reading them as such is what every reader of the store does. */
function committed(kind: Kind, id: string, text: string | null): CommittedChange {
  return { kind, id, value: text === null ? null : JSON.parse(text) } as CommittedChange
}
