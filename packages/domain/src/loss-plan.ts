import { z } from 'zod'
import { type NodeId, nodeIdSchema, planIdSchema, unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'
import { moveSchema } from './move.ts'
import type { Operation } from './operation.ts'

/**
 * What the loss of nodes would do to their tasks, computed by the same `plan()` that would place them again. Kept for 30 minutes under its
 * id; there is nothing to confirm. Of its moves, `moves`: begins again on `toNodeId`. `stays`: waits as unknown for its node, because its
 * policy forbids a rerun before that. `nowhere`: no node could take it.
 */
export const lossPlanSchema = z.strictObject({
  v: z.literal(1),
  id: planIdSchema,
  by: z.string().max(200),
  /** The zone that was asked about; null when it was nodes alone. */
  zone: z.string().max(limits.nameLengthMax).nullable(),
  nodeIds: z.array(nodeIdSchema).max(limits.nodesMax),
  revision: z.number().int().nonnegative(),
  computedAtMs: unixMsSchema,
  /** At most `limits.lossMovesKept`, those with nowhere to go first; `counts` are of all. */
  moves: z.array(moveSchema).max(limits.lossMovesKept),
  counts: z.strictObject({ move: z.number().int(), wait: z.number().int(), nowhere: z.number().int() }),
  /** The receiver that ends up fullest, shares of reserved CPU or memory, 0..1. */
  busiest: z.strictObject({ nodeId: nodeIdSchema, before: z.number(), after: z.number() }).nullable(),
  /** Names that have nowhere to go with their reason, the most frequent first. */
  warnings: z.array(z.string().max(500)).max(20),
})
export type LossPlan = z.infer<typeof lossPlanSchema>

/** A loss as it is computed, with every move and before it is kept under an id. */
export type PlannedLoss = Omit<LossPlan, 'v' | 'id' | 'by' | 'zone'>

/** What has become of a kept loss plan by now. */
export type LossSince = {
  readonly asOfMs: number
  /** Those of its nodes that are down, have left or were removed by now, if they held tasks. */
  readonly goneNodeIds: readonly NodeId[]
  /** What the loss of the others would do otherwise now, in one sentence; null while it would do the same. */
  readonly difference: string | null
  /** What really became of each listed task of the nodes that are gone. */
  readonly actual: Operation['actual']
}

/** How many tasks a loss concerns. */
export function lossTotal({ counts: { move, wait, nowhere } }: Pick<LossPlan, 'counts'>): number {
  return move + wait + nowhere
}

/** The counts in words, without those that are 0. */
export function lossCountsInWords({ counts: { move, wait, nowhere } }: Pick<LossPlan, 'counts'>): string {
  return [
    move > 0 && `${move} begin${move === 1 ? 's' : ''} again elsewhere`,
    wait > 0 && `${wait} wait${wait === 1 ? 's' : ''} as unknown`,
    nowhere > 0 && `${nowhere} ${nowhere === 1 ? 'has' : 'have'} nowhere to go`,
  ]
    .filter((part) => part !== false)
    .join(', ')
}
