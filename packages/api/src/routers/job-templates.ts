import { jobTemplateIdSchema, jobTemplateSpecSchema, jobValuesSchema } from '@quarterdeck/domain'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { reasonSchema } from '../fields.ts'
import { withoutEnvValues } from '../hidden-values.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'

const one = z.strictObject({ id: jobTemplateIdSchema })
const oneVersion = one.extend({ version: z.number().int().positive().exactOptional() })
const request = oneVersion.extend({ values: jobValuesSchema })

export const jobTemplatesRouter = router({
  list: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.controlPlane.jobTemplates.list()),

  get: procedure({ auth: 'viewer' })
    .input(oneVersion)
    .query(({ ctx, input }) => {
      const found = unwrap(ctx.controlPlane.jobTemplates.get(input))
      if (ctx.caller.me.role !== 'viewer') return found
      const { definition } = found.value
      return {
        ...found,
        value: { ...found.value, definition: { ...definition, task: withoutEnvValues(definition.task) } },
      }
    }),

  /** What applying this file would do. Changes nothing. */
  plan: procedure({ auth: 'operator', audit: 'job-templates.plan' })
    .input(z.strictObject({ spec: jobTemplateSpecSchema }))
    .mutation(({ ctx, input }) => unwrap(ctx.controlPlane.jobTemplates.plan(input.spec))),

  /** Makes the template, or its next version. Safe to repeat. */
  save: procedure({ auth: 'operator', audit: 'job-templates.apply' })
    .input(z.strictObject({ spec: jobTemplateSpecSchema, basis: z.string().max(64).exactOptional() }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.jobTemplates.apply(input, ctx.caller))),

  /** The task that these values make, and where it would go now. Changes nothing. */
  preview: procedure({ auth: 'operator' })
    .input(request)
    .query(({ ctx, input }) => unwrap(ctx.controlPlane.jobTemplates.preview(input))),

  run: procedure({ auth: 'operator', audit: 'tasks.submit', rate: 'submit' })
    .input(request.extend({ idempotencyKey: z.string().min(1).max(200).exactOptional() }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.jobTemplates.run(input, ctx.caller))),

  /** Its tasks go on. */
  remove: procedure({ auth: 'operator', audit: 'job-templates.remove' })
    .input(one.extend({ reason: reasonSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.jobTemplates.remove(input, ctx.caller))),
})
