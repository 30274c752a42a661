import type { LeaseFence } from '@quarterdeck/store'
import { z } from 'zod'
import { defineScript } from '../define-script.ts'
import type { Keys } from '../keys.ts'
import type { Send } from '../link/send.ts'

const replySchema = z.union([z.tuple([z.literal('released')]), z.tuple([z.literal('lost')])])

export const releaseLeaseScript = defineScript(new URL('./release-lease.lua', import.meta.url), {
  keyCount: 1,
  replySchema,
})

/** Gives the lease back; false when it was no longer ours. */
export async function releaseLease(send: Send, keys: Keys, { epoch, nonce }: LeaseFence): Promise<boolean> {
  const [status] = await releaseLeaseScript.run(send, [keys.lease], [epoch, nonce])
  return status === 'released'
}
