import { z } from 'zod'
import { limits } from './limits.ts'

export const parameterName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'must be a name such as target')

/** Values as they come from a form, a command line or a program; which of them are accepted, the template says. */
export const jobValuesSchema = z
  .record(parameterName, z.union([z.string().max(limits.textLengthMax), z.number(), z.boolean()]))
  .default({})
export type JobValues = z.infer<typeof jobValuesSchema>
