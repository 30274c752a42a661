import type { ClusterEvent, Kind } from '@quarterdeck/domain'

/** An object that may go. The caller deletes it at the revision it was read at: one that changed meanwhile stays. */
export type Deletion = { readonly kind: Kind; readonly id: string; readonly event?: ClusterEvent }
