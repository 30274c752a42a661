import type {
  AsOf,
  BroadcastId,
  BroadcastInput,
  BroadcastPreview,
  BroadcastRow,
  BroadcastView,
  Outcome,
} from '@quarterdeck/domain'
import type { Caller } from './caller.ts'

export type BroadcastsService = {
  /** Which nodes it would run on now. Changes nothing. */
  preview(input: BroadcastInput): Outcome<BroadcastPreview>
  submit(
    input: BroadcastInput,
    caller: Caller,
  ): Promise<Outcome<{ readonly broadcastId: BroadcastId; readonly existing: boolean }>>
  /** Newest first. */
  list(input: { limit: number }): AsOf<readonly BroadcastRow[]>
  get(id: BroadcastId): Outcome<AsOf<BroadcastView>>
  /** What has not started never does; what lives is asked to end. */
  cancel(input: { id: BroadcastId; reason: string }, caller: Caller): Promise<Outcome<null>>
}
