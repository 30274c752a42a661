import type { Head } from '@quarterdeck/store'
import { z } from 'zod'
import { defineScript } from '../define-script.ts'
import type { Keys } from '../keys.ts'
import type { Send } from '../link/send.ts'

const replySchema = z.tuple([z.literal('head'), z.string(), z.coerce.number()])

export const readHeadScript = defineScript(new URL('./read-head.lua', import.meta.url), { keyCount: 2, replySchema })

/** History and revision of one moment. */
export async function readHead(send: Send, keys: Keys): Promise<Head> {
  const [, historyId, revision] = await readHeadScript.run(send, [keys.history, keys.revision], [])
  return { historyId, revision }
}
