import type { Broadcast, BroadcastId, BroadcastInput, NodeId, TaskId, UnixMs } from '@quarterdeck/domain'

/** A broadcast to these nodes, in this order: the place of a node is its shard index. */
export function newBroadcast(
  input: BroadcastInput,
  about: {
    readonly id: BroadcastId
    readonly nodeIds: readonly NodeId[]
    readonly by: string
    readonly nowMs: UnixMs
    readonly inputHash: string
  },
): Broadcast {
  const { id, nodeIds, by, nowMs, inputHash } = about
  return {
    v: 1,
    id,
    ...input,
    ...(input.race ? { success: { rule: 'any' } as const } : {}),
    state: 'running',
    children: nodeIds.map((nodeId, index) => ({
      nodeId,
      taskId: `${id}.${index}` as TaskId,
      created: false,
      ended: null,
      exitCode: null,
    })),
    cancel: null,
    createdAtMs: nowMs,
    endedAtMs: null,
    by,
    inputHash,
  }
}

/** Nothing more starts; what lives is asked to end. The broadcast ends when the last child has. */
export function cancelBroadcast(broadcast: Broadcast, cancel: NonNullable<Broadcast['cancel']>): Broadcast {
  return { ...broadcast, cancel }
}
