import type { Incarnation } from '@quarterdeck/domain'
import type { Clock, Ids } from '@quarterdeck/platform'
import { HISTORY_JUMP, historyMeta } from '../history-jump.ts'
import { emptyState, type MemoryStoreState } from './state.ts'

/**
 * What several clients share, as controllers share one Redis: the state, the one clock that judges leases, and who is connected.
 *
 * A simulator may put another state in place (`server.state = cloneState(older)` is a failover that lost its tail) and must call
 * `beginHistory` afterwards, as every new connection does on Redis.
 */
export type MemoryServer = {
  state: MemoryStoreState
  readonly clock: Clock
  readonly ids: Ids
  /** One per open announcement: a closed client's is gone, as a dead process's subscription is. */
  readonly present: Incarnation[]
  readonly telemetryListeners: Set<(message: string) => void>
  /** Called after each write, to wake the feed's readers. */
  readonly writeListeners: Set<() => void>
  readonly historyListeners: Set<() => void>
}

export function createMemoryServer({ clock, ids }: { readonly clock: Clock; readonly ids: Ids }): MemoryServer {
  return {
    state: emptyState(),
    clock,
    ids,
    present: [],
    telemetryListeners: new Set(),
    writeListeners: new Set(),
    historyListeners: new Set(),
  }
}

/**
 * A restart, failover or restore, as the first hello after it sees it: a new history id, the revision jumps, the feed says so. The
 * first history of all starts at revision 0 and has no entry.
 */
export function beginHistory(server: MemoryServer): void {
  const { state } = server
  const isFirst = state.historyId === ''
  state.historyId = server.ids.nonce()
  if (!isFirst) {
    state.revision += HISTORY_JUMP
    state.feed.push({ revision: state.revision, meta: historyMeta(server.clock.unixMs()), changes: [] })
  }
  for (const listener of [...server.historyListeners]) listener()
  wakeReaders(server)
}

export function wakeReaders(server: MemoryServer): void {
  for (const listener of [...server.writeListeners]) listener()
}
