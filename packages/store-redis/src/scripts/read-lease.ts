import type { LeaseRecord } from '@quarterdeck/store'
import { z } from 'zod'
import { defineScript } from '../define-script.ts'
import type { Keys } from '../keys.ts'
import { leaseRecordSchema } from '../lease-reply.ts'
import type { Send } from '../link/send.ts'

const replySchema = z.union([z.tuple([z.literal('free')]), z.tuple([z.literal('held'), leaseRecordSchema])])

export const readLeaseScript = defineScript(new URL('./read-lease.lua', import.meta.url), { keyCount: 1, replySchema })

/** The lease as it stands now; null when nobody holds it. */
export async function readLease(send: Send, keys: Keys): Promise<LeaseRecord | null> {
  const reply = await readLeaseScript.run(send, [keys.lease], [])
  return reply[0] === 'held' ? reply[1] : null
}
