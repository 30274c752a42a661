import { z } from 'zod'
import { defineScript } from '../define-script.ts'
import type { Keys } from '../keys.ts'
import type { Send } from '../link/send.ts'

const replySchema = z.tuple([z.literal('trimmed'), z.number()])

export const trimFeedScript = defineScript(new URL('./trim-feed.lua', import.meta.url), { keyCount: 3, replySchema })

/** Removes entries up to a revision, as far as the newest snapshot covers them; returns how many. */
export async function trimFeed(send: Send, keys: Keys, throughRevision: number): Promise<number> {
  const [, count] = await trimFeedScript.run(send, [keys.feed, keys.feedFloor, keys.snapshots], [throughRevision])
  return count
}
