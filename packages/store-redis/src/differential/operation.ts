import type { ControllerId } from '@quarterdeck/domain'
import type { LeaseFence, LeaseRecord, Store } from '@quarterdeck/store'

/** One of the two stores, with what differs between them by nature. */
export type Side = {
  readonly store: Store
  readonly historyId: string
  /** The fence that each controller got last. An epoch is a time, so each side remembers its own. */
  readonly fences: Map<ControllerId, LeaseFence>
}

/** `run` gives what must be the same on both sides. */
export type Operation = { readonly name: string; readonly run: (side: Side) => Promise<unknown> }

/** The fence to try for a controller: its last one, or one that nobody ever had. */
export function fenceOf(side: Side, holder: ControllerId): LeaseFence {
  return side.fences.get(holder) ?? { epoch: 1, nonce: 'never given' }
}

/** Leaves out what a clock decides: epoch and times. */
export function withoutTimes(record: LeaseRecord | null | undefined) {
  return record
    ? { holder: record.holder, incarnation: record.incarnation, nonce: record.nonce, seq: record.seq }
    : null
}
