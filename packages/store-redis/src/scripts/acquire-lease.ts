import type { AcquireRequest, LeaseStore } from '@quarterdeck/store'
import { z } from 'zod'
import { defineScript } from '../define-script.ts'
import type { Keys } from '../keys.ts'
import { leaseRecordOrNoneSchema, leaseRecordSchema } from '../lease-reply.ts'
import type { Send } from '../link/send.ts'

const replySchema = z.union([
  z.tuple([
    z.literal('acquired'),
    z.enum(['free', 'lapsed', 'presence-gone', 'unchanged', 'again']),
    leaseRecordSchema,
    leaseRecordOrNoneSchema,
  ]),
  z.tuple([z.literal('held'), leaseRecordSchema]),
])

export const acquireLeaseScript = defineScript(new URL('./acquire-lease.lua', import.meta.url), {
  keyCount: 1,
  replySchema,
})

/** Takes the lease if it may be taken. The rules stand in acquire-lease.lua. */
export async function acquireLease(
  send: Send,
  keys: Keys,
  { holder, incarnation, nonce, ttlMs, epochFloor, over }: AcquireRequest,
): ReturnType<LeaseStore['acquire']> {
  const overArgs = over ? [over.nonce, over.seq, over.because] : ['', '', '']
  const args = [holder, incarnation, nonce, ttlMs, epochFloor, ...overArgs, keys.alivePrefix]
  const reply = await acquireLeaseScript.run(send, [keys.lease], args)
  if (reply[0] === 'held') return { status: 'held', record: reply[1] }
  return { status: 'acquired', how: reply[1], record: reply[2], previous: reply[3] }
}
