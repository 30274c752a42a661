import type { LeaseFence, LeaseStore } from '@quarterdeck/store'
import { z } from 'zod'
import { defineScript } from '../define-script.ts'
import type { Keys } from '../keys.ts'
import { leaseRecordOrNoneSchema, leaseRecordSchema } from '../lease-reply.ts'
import type { Send } from '../link/send.ts'

const replySchema = z.union([
  z.tuple([z.literal('transferred'), leaseRecordSchema]),
  z.tuple([z.literal('lost'), leaseRecordOrNoneSchema]),
])

export const transferLeaseScript = defineScript(new URL('./transfer-lease.lua', import.meta.url), {
  keyCount: 1,
  replySchema,
})

/** Hands the lease over in one write, if the fence still is the record's. */
export async function transferLease(
  send: Send,
  keys: Keys,
  { epoch, nonce }: LeaseFence,
  to: Parameters<LeaseStore['transfer']>[1],
): ReturnType<LeaseStore['transfer']> {
  const args = [epoch, nonce, to.holder, to.incarnation, to.nonce, to.ttlMs]
  const reply = await transferLeaseScript.run(send, [keys.lease], args)
  if (reply[0] === 'transferred') return { status: 'transferred', record: reply[1] }
  return { status: 'lost', record: reply[1] }
}
