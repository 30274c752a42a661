import { z } from 'zod'
import { constraintSchema, labelKeySchema } from './labels.ts'
import { limits } from './limits.ts'

const jobNameSchema = z
  .string()
  .min(1)
  .max(limits.nameLengthMax)
  .regex(/^[a-zA-Z0-9][\w.-]*$/, 'must be the name of a job: letters, digits, . _ -')

/** How much a wish counts beside the others of the same task. */
const weightSchema = z.number().int().min(1).max(100)

/**
 * A wish for nodes by their labels: among the nodes that fit, those with the greatest sum of weights are chosen from. Negative: rather
 * not there. What must hold is a constraint.
 */
export const affinitySchema = constraintSchema.extend({
  weight: z
    .number()
    .int()
    .min(-100)
    .max(100)
    .refine((weight) => weight !== 0, 'must not be 0: it would wish for nothing')
    .default(50),
})
export type Affinity = z.infer<typeof affinitySchema>

/**
 * Near tasks of a job (`with`), or away from them (`apart`). Near is the same value of the label `within`: one node, one zone, or any
 * label that operators give. A task that must stay apart also keeps the others away from itself.
 */
export const taskAffinitySchema = z.strictObject({
  how: z.enum(['with', 'apart']),
  job: jobNameSchema,
  within: labelKeySchema.default('node'),
  /** Absent: it must. */
  weight: weightSchema.optional(),
})
export type TaskAffinity = z.infer<typeof taskAffinitySchema>

/** Tasks of one job even over the values of a label: the fullest value holds at most `skewMax` more than the emptiest. */
export const spreadOverSchema = z.strictObject({
  label: labelKeySchema,
  skewMax: z.number().int().min(1).max(1_000).default(1),
  /** Absent: it must. */
  weight: weightSchema.optional(),
})
export type SpreadOver = z.infer<typeof spreadOverSchema>

export const placingWishes = {
  affinities: z.array(affinitySchema).max(limits.affinitiesMax).optional(),
  taskAffinities: z.array(taskAffinitySchema).max(limits.affinitiesMax).optional(),
  spreadOver: z.array(spreadOverSchema).max(limits.spreadsMax).optional(),
} as const
