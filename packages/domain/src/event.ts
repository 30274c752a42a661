import { z } from 'zod'
import { unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'

export const severities = ['info', 'notice', 'warning', 'error'] as const

/** Something an operator may want to know: what happened, to which object, in one sentence. */
export const clusterEventSchema = z.strictObject({
  /** Dotted, noun first: `node.suspect`, `task.failed`, `leader.elected`. */
  type: z
    .string()
    .regex(/^[a-z][a-z-]*(\.[a-z][a-z-]*)+$/)
    .max(64),
  subject: z.strictObject({ kind: z.string().max(32), id: z.string().max(64) }),
  severity: z.enum(severities),
  text: z.string().max(limits.reasonLengthMax),
  data: z.record(z.string(), z.json()).optional(),
})
export type ClusterEvent = z.infer<typeof clusterEventSchema>

/** Who did what: written to the audit stream by the same script that makes the change. */
export const auditEntrySchema = z.strictObject({
  action: z.string().max(64),
  target: z.string().max(200),
  reason: z.string().max(limits.reasonLengthMax).optional(),
  address: z.string().max(64).optional(),
  requestId: z.string().max(64).optional(),
  detail: z.string().max(1_000).optional(),
})
export type AuditEntry = z.infer<typeof auditEntrySchema>

/** Goes with every commit into the feed. */
export const commitMetaSchema = z.strictObject({
  atMs: unixMsSchema,
  /** `user:ana`, `token:ci`, `controller:c1`, `node:web-3`. */
  actor: z.string().max(200),
  events: z.array(clusterEventSchema).max(1_000).default([]),
  audit: auditEntrySchema.optional(),
})
export type CommitMeta = z.infer<typeof commitMetaSchema>

/** An event as readers get it: with its place in the feed. */
export type FeedEvent = ClusterEvent & {
  /** `<revision>.<index in the commit>`: the cursor of this event. */
  readonly id: string
  readonly revision: number
  readonly atMs: z.infer<typeof unixMsSchema>
  readonly actor: string
  readonly reason?: string
}
