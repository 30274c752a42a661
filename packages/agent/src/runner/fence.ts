import type { Fence } from '@quarterdeck/domain/wire'

export type FenceVerdict =
  | { readonly obey: true; readonly newer: boolean }
  | { readonly obey: false; readonly because: string }

/**
 * Whether an order under `offered` may be obeyed by a node that has seen `known`.
 *
 * The epoch alone is not enough: a Redis failover that loses its tail can give the same epoch out twice, and only the nonce tells the two
 * leaders apart. The first one seen wins.
 */
export function judgeFence(known: Fence | undefined, offered: Fence): FenceVerdict {
  if (!known || offered.epoch > known.epoch) return { obey: true, newer: true }
  if (offered.epoch < known.epoch) {
    return {
      obey: false,
      because: `epoch ${offered.epoch} of shard ${offered.shard} is over: this node has seen ${known.epoch}`,
    }
  }
  if (offered.nonce !== known.nonce) {
    return {
      obey: false,
      because: `another leader holds epoch ${offered.epoch} of shard ${offered.shard}: the nonce differs`,
    }
  }
  return { obey: true, newer: false }
}
