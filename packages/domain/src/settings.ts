import { z } from 'zod'
import { automaticRebalanceSchema } from './rebalance.ts'
import { strategyNameSchema } from './task-spec.ts'

/** Cluster-wide choices that operators may change at run time. */
export const settingsSchema = z.strictObject({
  v: z.literal(1),
  id: z.literal('cluster'),
  clusterName: z.string().min(1).max(63),
  strategy: strategyNameSchema,
  /** Operators' override of the mass brake until this moment; null = in force. */
  brakeReleasedUntilMs: z.number().nullable(),
  /** Absent or null: advice is carried out by people only. */
  rebalance: automaticRebalanceSchema.nullable().exactOptional(),
  /** Background retries wait while this is set. */
  failbackPaused: z.boolean().default(false),
})
export type Settings = z.infer<typeof settingsSchema>
export const defaultSettings: Settings = {
  v: 1,
  id: 'cluster',
  clusterName: 'quarterdeck',
  strategy: 'least-loaded',
  brakeReleasedUntilMs: null,
  failbackPaused: false,
}
