import { broadcastIdSchema, broadcastInputSchema } from '@quarterdeck/domain'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { pageLimitSchema, reasonSchema } from '../fields.ts'
import { withoutEnvValues } from '../hidden-values.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'

const one = z.strictObject({ id: broadcastIdSchema })

export const broadcastsRouter = router({
  /** Which nodes it would run on now. Changes nothing. */
  preview: procedure({ auth: 'operator' })
    .input(broadcastInputSchema)
    .query(({ ctx, input }) => unwrap(ctx.controlPlane.broadcasts.preview(input))),

  submit: procedure({ auth: 'operator', audit: 'broadcasts.submit', rate: 'submit' })
    .input(broadcastInputSchema)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.broadcasts.submit(input, ctx.caller))),

  /** Newest first. */
  list: procedure({ auth: 'viewer' })
    .input(z.strictObject({ limit: pageLimitSchema }))
    .query(({ ctx, input }) => ctx.controlPlane.broadcasts.list(input)),

  get: procedure({ auth: 'viewer' })
    .input(one)
    .query(({ ctx, input }) => {
      const found = unwrap(ctx.controlPlane.broadcasts.get(input.id))
      if (ctx.caller.me.role !== 'viewer') return found
      return { ...found, value: { ...found.value, task: withoutEnvValues(found.value.task) } }
    }),

  cancel: procedure({ auth: 'operator', audit: 'broadcasts.cancel' })
    .input(one.extend({ reason: reasonSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.broadcasts.cancel(input, ctx.caller))),
})
