import { z } from 'zod'
import { limits } from './limits.ts'

export const labelKeySchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._/-]{0,62}$/,
    'must be 1 to 63 characters of a-z 0-9 . _ / - and start with a letter or digit',
  )

export const labelValueSchema = z
  .string()
  .max(limits.labelValueLengthMax)
  .regex(/^[\w.:/@+ -]*$/, 'may hold letters, digits, space and . _ : / @ + -')

export const labelsSchema = z
  .record(labelKeySchema, labelValueSchema)
  .refine((labels) => Object.keys(labels).length <= limits.labelsMax, `at most ${limits.labelsMax} labels`)
export type Labels = z.infer<typeof labelsSchema>

/** What a node's label must satisfy. `exists` and `missing` take no values. */
export const constraintSchema = z.strictObject({
  label: labelKeySchema,
  operator: z.enum(['in', 'not-in', 'exists', 'missing']),
  values: z.array(labelValueSchema).max(32).default([]),
})
export type Constraint = z.infer<typeof constraintSchema>
