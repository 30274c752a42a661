import { z } from 'zod'
import { jobTemplateIdSchema, unixMsSchema } from './ids.ts'
import { checkJobTemplate } from './job-parameters.ts'
import { parameterName } from './job-values.ts'
import { limits } from './limits.ts'
import { taskSubmitSchema } from './task-spec.ts'
import { driverAgrees } from './work-spec.ts'

const about = { name: parameterName, description: z.string().max(limits.reasonLengthMax).default('') } as const

/** One value that is asked for at dispatch. Without a default it must be given. Values are shown to everyone: never ask for a secret. */
export const jobParameterSchema = z.discriminatedUnion('type', [
  z.strictObject({
    ...about,
    type: z.literal('text'),
    default: z.string().max(limits.textLengthMax).nullable().default(null),
    lengthMin: z.number().int().min(0).max(limits.textLengthMax).default(0),
    lengthMax: z.number().int().min(1).max(limits.textLengthMax).default(500),
  }),
  z.strictObject({
    ...about,
    type: z.literal('number'),
    default: z.number().nullable().default(null),
    min: z.number().nullable().default(null),
    max: z.number().nullable().default(null),
    whole: z.boolean().default(false),
  }),
  z.strictObject({
    ...about,
    type: z.literal('choice'),
    default: z.string().nullable().default(null),
    choices: z.array(z.string().min(1).max(200)).min(1).max(limits.jobChoicesMax),
  }),
  z.strictObject({ ...about, type: z.literal('boolean'), default: z.boolean().nullable().default(null) }),
])
export type JobParameter = z.infer<typeof jobParameterSchema>

/** What a dispatch submits, with `{{parameter}}` where values go. Absent name: the template's. */
const { idempotencyKey: _key, startAtMs: _start, name: taskName, ...templateTaskShape } = taskSubmitSchema.shape
export const templateTaskSchema = z
  .strictObject({ ...templateTaskShape, name: taskName.exactOptional() })
  .refine(driverAgrees, {
    path: ['driver'],
    message: 'driver "exec" needs `exec` and no `handler`; driver "handler" needs `handler` and no `exec`',
  })
export type TemplateTask = z.infer<typeof templateTaskSchema>

/** What an operator asks for: the content of a template file. */
export const jobTemplateSpecSchema = z
  .strictObject({
    name: jobTemplateIdSchema,
    description: z.string().max(limits.reasonLengthMax).default(''),
    parameters: z.array(jobParameterSchema).max(limits.jobParametersMax).default([]),
    task: templateTaskSchema,
  })
  .superRefine((spec, context) => {
    for (const { path, message } of checkJobTemplate(spec))
      context.addIssue({ code: 'custom', path: [...path], message })
  })
export type JobTemplateSpec = z.infer<typeof jobTemplateSpecSchema>
/** The same before defaults are filled in. */
export type JobTemplateSpecInput = z.input<typeof jobTemplateSpecSchema>

/** One version of a template. Never changes once it was made. */
export const jobTemplateVersionSchema = z.strictObject({
  version: z.number().int().positive(),
  description: z.string(),
  parameters: z.array(jobParameterSchema),
  task: templateTaskSchema,
  atMs: unixMsSchema,
  by: z.string().max(200),
})
export type JobTemplateVersion = z.infer<typeof jobTemplateVersionSchema>

/** A task that can be dispatched by name, with typed parameters. */
export const jobTemplateSchema = z.strictObject({
  v: z.literal(1),
  id: jobTemplateIdSchema,
  /** Newest first; the first is in force. */
  versions: z.array(jobTemplateVersionSchema).min(1).max(limits.jobTemplateVersionsKept),
  createdAtMs: unixMsSchema,
  changedAtMs: unixMsSchema,
  changedBy: z.string().max(200),
})
export type JobTemplate = z.infer<typeof jobTemplateSchema>
