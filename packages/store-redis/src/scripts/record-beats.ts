import type { NodeId } from '@quarterdeck/domain'
import { z } from 'zod'
import { defineScript } from '../define-script.ts'
import type { Keys } from '../keys.ts'
import type { Send } from '../link/send.ts'

const replySchema = z.tuple([z.literal('recorded'), z.number()])

export const recordBeatsScript = defineScript(new URL('./record-beats.lua', import.meta.url), {
  keyCount: 1,
  replySchema,
})

/** Notes that these nodes were heard now; forgets those that were not heard for `keptMs`. */
export async function recordBeats(send: Send, keys: Keys, nodeIds: readonly NodeId[], keptMs: number): Promise<void> {
  await recordBeatsScript.run(send, [keys.beats], [keptMs, ...nodeIds])
}
