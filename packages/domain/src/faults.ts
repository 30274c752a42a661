import { z } from 'zod'
import { faultStrategies } from './fault-strategies.ts'
import { jobTemplateIdSchema, nodeIdSchema, unixMsSchema } from './ids.ts'
import { jobValuesSchema } from './job-values.ts'
import { limits } from './limits.ts'
import { otherWorkSchema } from './work-spec.ts'

export const faultStrategySchema = z.enum(faultStrategies)

export const faultsSchema = z
  .strictObject({
    strategy: faultStrategySchema.default('failover'),
    /** Whether nodes on which this job keeps failing are left out for a while. */
    breaker: z.boolean().default(true),
    /** The result when every attempt has failed: the task then counts as succeeded, and says so. Absent: none. */
    fallbackValue: z
      .json()
      .optional()
      .refine(
        (value) => value === undefined || JSON.stringify(value).length <= limits.fallbackBytesMax,
        `a fallback value may take ${limits.fallbackBytesMax} bytes`,
      ),
    /** Runs once in place of the task when every attempt has failed, with the same needs and placing; it has no fallback of its own. */
    fallbackWork: otherWorkSchema.optional(),
    /** The same with a job template, in the version that is its newest then, with its own needs and placing. */
    fallbackJob: z.strictObject({ id: jobTemplateIdSchema, values: jobValuesSchema }).optional(),
    /**
     * So long after its submit the caller has no use for the result: no attempt begins later, and none is tried again that half the runs of
     * the job would not finish in time.
     */
    deadlineMs: z
      .number()
      .int()
      .min(100)
      .max(30 * 24 * 3_600_000)
      .optional(),
  })
  .superRefine(({ fallbackValue, fallbackWork, fallbackJob }, context) => {
    const given = Object.entries({ fallbackValue, fallbackWork, fallbackJob }).filter(
      ([, value]) => value !== undefined,
    )
    const [first, second] = given
    if (first && second)
      context.addIssue({ code: 'custom', path: [second[0]], message: `stands beside no ${first[0]}: take one of them` })
  })
export type Faults = z.infer<typeof faultsSchema>
export const defaultFaults: Faults = { strategy: 'failover', breaker: true }

/** Numbers of the failback strategy: pauses double from the first to the last, milliseconds. */
export const failback = { pauseMs: 5_000, pauseMsMax: 5 * 60_000, attemptsMax: 10 } as const

/**
 * The circuit breaker of one job on one node: `open` = no work of the job goes there until `untilMs`; `half-open` = a few attempts may,
 * and their outcome decides; `closed` = all is well again, kept for a while so that a next trip lasts longer.
 */
export const breakerSchema = z.strictObject({
  v: z.literal(1),
  id: z.string().max(limits.nameLengthMax + 80),
  job: z.string().max(limits.nameLengthMax),
  nodeId: nodeIdSchema,
  state: z.enum(['open', 'half-open', 'closed']),
  sinceMs: unixMsSchema,
  /** When `open` ends; in the other states when it was to end. */
  untilMs: unixMsSchema,
  /** How often it opened since it was last forgotten. */
  trips: z.number().int().positive(),
  /** Successes since it is half-open. */
  probes: z.number().int().nonnegative(),
  because: z.string().max(500),
})
export type Breaker = z.infer<typeof breakerSchema>

export function breakerId(job: string, nodeId: string): string {
  return `${job}@${nodeId}`
}
