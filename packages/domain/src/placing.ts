import { z } from 'zod'
import { unixMsSchema } from './ids.ts'
import { labelKeySchema, labelValueSchema } from './labels.ts'
import { limits } from './limits.ts'

export const poolNameSchema = z
  .string()
  .max(limits.nameLengthMax)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be a name of a-z 0-9 . _ - such as gpu')

/**
 * `no-schedule`: only tasks that tolerate it are placed there. `prefer-not`: others go there when nothing else is left. `no-execute`:
 * like `no-schedule`, and what runs there without tolerating it is stopped and queued for another node.
 */
export const taintEffects = ['no-schedule', 'prefer-not', 'no-execute'] as const

/** Keeps tasks off a node that do not say that they put up with it. */
export const taintSchema = z.strictObject({
  key: labelKeySchema,
  value: labelValueSchema.default(''),
  effect: z.enum(taintEffects),
})
export type Taint = z.infer<typeof taintSchema>

/** A taint as its node has it: with the moment at which it came. */
export const nodeTaintSchema = taintSchema.extend({ sinceMs: unixMsSchema.optional() })
export type NodeTaint = z.infer<typeof nodeTaintSchema>

/** A taint that a task puts up with: of this key, and of this value when one is given. */
export const tolerationSchema = z.strictObject({
  key: labelKeySchema,
  value: labelValueSchema.optional(),
  /** Of a taint `no-execute`: only for so long after the taint came. Absent: for ever. */
  forMs: z
    .number()
    .int()
    .min(0)
    .max(30 * 24 * 3_600_000)
    .optional(),
})
export type Toleration = z.infer<typeof tolerationSchema>

export function tolerates(tolerations: readonly Toleration[] | undefined, { key, value }: Taint): boolean {
  return tolerationOf(tolerations, { key, value }) !== undefined
}

/** The toleration that puts up longest with this taint. */
export function tolerationOf(
  tolerations: readonly Toleration[] | undefined,
  { key, value }: Pick<Taint, 'key' | 'value'>,
): Toleration | undefined {
  const longest = ({ forMs }: Toleration) => forMs ?? Number.POSITIVE_INFINITY
  return (tolerations ?? [])
    .filter((each) => each.key === key && (each.value === undefined || each.value === value))
    .sort((left, right) => longest(right) - longest(left))[0]
}

/** How much of one job may be under way at a time (bulkhead); a job is all tasks of one name. Absent: no limit. */
export const concurrencySchema = z.strictObject({
  /** Tasks of the job that hold a node, in the whole cluster. */
  running: z.number().int().min(1).max(1_000_000).optional(),
  /** The same, on any one node. */
  perNode: z.number().int().min(1).max(100_000).optional(),
  /** Tasks of the job that wait; one more is refused. */
  waiting: z.number().int().min(1).max(1_000_000).optional(),
})
export type Concurrency = z.infer<typeof concurrencySchema>
