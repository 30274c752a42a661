import { type Broadcast, limits, type UnixMs } from '@quarterdeck/domain'
import type { Deletion } from './deletion.ts'

/** Broadcasts that ended as long ago as the oldest task, and of the others that ended the oldest ones beyond the number kept. */
export function reapBroadcasts(broadcasts: Iterable<Broadcast>, nowMs: UnixMs): Deletion[] {
  const ended = [...broadcasts].filter(({ endedAtMs }) => endedAtMs !== null)
  const newestFirst = ended.sort((a, b) => (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0))
  return newestFirst
    .filter(
      ({ endedAtMs }, index) =>
        index >= limits.broadcastsKept || nowMs - (endedAtMs ?? 0) > limits.terminalTaskAgeMsMax,
    )
    .map(({ id }) => ({ kind: 'broadcast', id }))
}
