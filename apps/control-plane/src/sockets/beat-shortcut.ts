import type { Outcome } from '@quarterdeck/domain'
import { type Beat, type BeatReply, beatSchema } from '@quarterdeck/domain/wire'
import { inputOfCall } from './shortcut-socket.ts'

const BEAT_LENGTH_MAX = 4_096

/**
 * Answers heartbeats as tRPC would, byte for byte, at a fraction of its cost: they are nearly all that a calm cluster says. Only a beat
 * that is accepted is answered here; whatever else is left to tRPC, which has the words for every refusal.
 */
export function beatShortcut(hear: (beat: Beat) => Outcome<BeatReply>): (text: string) => string | null {
  return (text) => {
    const call = text.length <= BEAT_LENGTH_MAX ? inputOfCall(text, 'agents.beat') : null
    const beat = call ? beatSchema.safeParse(call.input) : null
    if (!call || !beat?.success) return null
    const outcome = hear(beat.data)
    return outcome.ok ? `{"id":${call.id},"result":{"type":"data","data":${JSON.stringify(outcome.value)}}}` : null
  }
}
