import { z } from 'zod'
import { nodeIdSchema } from './ids.ts'

/**
 * What a placement strategy must remember beyond one decision: whose turn it was, how often a node was chosen. Written by the leader in
 * the same fenced commit as the placement that changed it, so that the next leader goes on where this one stopped.
 */
export const strategyStateSchema = z.strictObject({
  v: z.literal(1),
  /** The strategy, or `<strategy>.<node>` for what is remembered per node. */
  id: z.string().max(200),
  /** Rises with each change; of two versions the higher is the newer. */
  sequence: z.number().int().nonnegative(),
  /** The node that was chosen last. */
  nodeId: nodeIdSchema.nullable(),
  /** What the strategy counts: its doc says what. */
  amount: z.number(),
})
export type StrategyState = z.infer<typeof strategyStateSchema>

export function strategyStateId(strategy: string, nodeId?: string): string {
  return nodeId === undefined ? strategy : `${strategy}.${nodeId}`
}
