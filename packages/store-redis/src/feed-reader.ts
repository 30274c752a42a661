import type { Store } from '@quarterdeck/store'
import { z } from 'zod'
import { parseFeedEntry, type StreamEntry, streamEntrySchema } from './entry-fields.ts'
import type { HistoryWatch } from './history-watch.ts'
import type { Keys } from './keys.ts'
import type { Send } from './link/send.ts'
import { readFeed } from './scripts/read-feed.ts'

type FeedReaderOptions = {
  readonly history: HistoryWatch
  readonly keys: Keys
  readonly reads: Send
  readonly blocking: Send
  readonly commandMs: number
}

const blockedReplySchema = z.record(z.string(), z.array(streamEntrySchema)).nullable()

/**
 * Reads the feed in one round trip when all is well. A stream silently skips what was trimmed, so anything but an entry that follows at
 * once is asked again of the script, which sees history, floor and entries together.
 */
export function feedReader({ history, keys, reads, blocking, commandMs }: FeedReaderOptions): Store['readFeed'] {
  // Redis answers a connection in order: a second wait would stand behind the first, so it is not sent before.
  let turn: Promise<unknown> = Promise.resolve()

  return async (afterRevision, limit, waitMs) => {
    if (history.current !== history.known) return { status: 'history', historyId: history.current }
    if (waitMs > 0) {
      const entries = await wait(afterRevision, limit, waitMs)
      if (revisionOf(entries[0]) === afterRevision + 1)
        return { status: 'entries', entries: entries.map(parseFeedEntry) }
    }
    const page = await readFeed(reads, keys, afterRevision, limit)
    if (page.historyId !== history.known) return { status: 'history', historyId: page.historyId }
    if (page.status === 'trimmed') return { status: 'trimmed', firstRevision: page.floor + 1 }
    return { status: 'entries', entries: page.entries.map(parseFeedEntry) }
  }

  async function wait(afterRevision: number, limit: number, waitMs: number): Promise<readonly StreamEntry[]> {
    const blockMs = String(Math.max(1, Math.floor(waitMs)))
    const from = ['STREAMS', keys.feed, `${afterRevision}-0`]
    const command = ['XREAD', 'COUNT', String(limit), 'BLOCK', blockMs, ...from]
    const reply = turn.then(() => blocking(command, { timeoutMs: waitMs + commandMs }))
    turn = reply.catch(() => undefined)
    return blockedReplySchema.parse(await reply)?.[keys.feed] ?? []
  }
}

function revisionOf(entry: StreamEntry | undefined): number {
  return entry ? Number.parseInt(entry[0], 10) : Number.NaN
}
