import type { Outcome } from '@quarterdeck/domain'
import { type ReportBatch, type ReportBatchReply, reportBatchSchema } from '@quarterdeck/domain/wire'
import { inputOfCall } from './shortcut-socket.ts'

/**
 * Answers reports as tRPC would: the end of every task passes here. A batch that is not accepted whole is left to tRPC, which has the
 * words for every refusal; applying one twice changes nothing. `hear` gives null when it may not answer.
 */
export function reportShortcut(
  hear: (batch: ReportBatch) => Promise<Outcome<ReportBatchReply> | null>,
): (text: string) => Promise<string | null> | null {
  return (text) => {
    const call = inputOfCall(text, 'agents.report')
    const batch = call ? reportBatchSchema.safeParse(call.input) : null
    if (!call || !batch?.success) return null
    return hear(batch.data).then(
      (outcome) =>
        outcome?.ok ? `{"id":${call.id},"result":{"type":"data","data":${JSON.stringify(outcome.value)}}}` : null,
      () => null,
    )
  }
}
