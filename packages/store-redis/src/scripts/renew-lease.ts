import type { LeaseFence, LeaseStore } from '@quarterdeck/store'
import { z } from 'zod'
import { defineScript } from '../define-script.ts'
import type { Keys } from '../keys.ts'
import { leaseRecordOrNoneSchema, leaseRecordSchema } from '../lease-reply.ts'
import type { Send } from '../link/send.ts'

const replySchema = z.union([
  z.tuple([z.literal('renewed'), leaseRecordSchema]),
  z.tuple([z.literal('lost'), leaseRecordOrNoneSchema]),
])

export const renewLeaseScript = defineScript(new URL('./renew-lease.lua', import.meta.url), {
  keyCount: 1,
  replySchema,
})

/** Holds on to the lease for another `ttlMs`, if the fence still is the record's. */
export async function renewLease(
  send: Send,
  keys: Keys,
  { epoch, nonce }: LeaseFence,
  ttlMs: number,
): ReturnType<LeaseStore['renew']> {
  const reply = await renewLeaseScript.run(send, [keys.lease], [epoch, nonce, ttlMs])
  if (reply[0] === 'renewed') return { status: 'renewed', record: reply[1] }
  return { status: 'lost', record: reply[1] }
}
