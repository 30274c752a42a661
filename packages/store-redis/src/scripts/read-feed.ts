import { z } from 'zod'
import { defineScript } from '../define-script.ts'
import { streamEntrySchema } from '../entry-fields.ts'
import type { Keys } from '../keys.ts'
import type { Send } from '../link/send.ts'

const replySchema = z.union([
  z.tuple([z.literal('entries'), z.string(), z.array(streamEntrySchema)]),
  z.tuple([z.literal('trimmed'), z.string(), z.coerce.number()]),
])

export const readFeedScript = defineScript(new URL('./read-feed.lua', import.meta.url), { keyCount: 3, replySchema })

/** Entries after a revision as they are now, without waiting. */
export async function readFeed(send: Send, keys: Keys, afterRevision: number, limit: number) {
  const reply = await readFeedScript.run(send, [keys.history, keys.feedFloor, keys.feed], [afterRevision, limit])
  if (reply[0] === 'entries') return { status: 'entries', historyId: reply[1], entries: reply[2] } as const
  return { status: 'trimmed', historyId: reply[1], floor: reply[2] } as const
}
