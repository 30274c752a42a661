import { z } from 'zod'
import { nodeIdSchema, unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'

/** How many nodes one filter removed, with one example sentence. */
export const filterCountSchema = z.strictObject({
  filter: z.string().max(64),
  removed: z.number().int().nonnegative(),
  example: z.string().max(300).optional(),
})
export type FilterCount = z.infer<typeof filterCountSchema>

/** Why a task is where it is, or why it waits. */
export const decisionEntrySchema = z.strictObject({
  attempt: z.number().int().nonnegative(),
  atMs: unixMsSchema,
  outcome: z.enum(['placed', 'refused']),
  strategy: z.string().max(limits.chainLengthMax * 66),
  nodeId: nodeIdSchema.nullable(),
  /** Nodes looked at, and those left after all filters. */
  considered: z.number().int().nonnegative(),
  eligible: z.number().int().nonnegative(),
  filters: z.array(filterCountSchema).max(32),
  /** Best candidates, best first. Higher score is better. */
  top: z
    .array(z.strictObject({ nodeId: nodeIdSchema, score: z.number(), why: z.string().max(200) }))
    .max(limits.decisionTopKept),
  /** One sentence for a person: "least loaded of 14 eligible nodes (22 %)". */
  because: z.string().max(1_000),
  /** For a refusal: the smallest change that would make it fit, when one is known. */
  wouldFit: z.string().max(500).nullable(),
})
export type DecisionEntry = z.infer<typeof decisionEntrySchema>

/** Stored decisions of one attempt of a task, newest first: refusals while it waited, then the placement. */
export const decisionSchema = z.strictObject({
  v: z.literal(1),
  /** `<task id>.<attempt>`: written once or twice without reading what is there. */
  id: z.string(),
  entries: z.array(decisionEntrySchema).max(limits.decisionEntriesKept),
})
export type Decision = z.infer<typeof decisionSchema>
