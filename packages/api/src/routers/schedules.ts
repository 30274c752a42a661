import { scheduleIdSchema, scheduleInputSchema, scheduleTimingSchema } from '@quarterdeck/domain'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { reasonSchema } from '../fields.ts'
import { withoutEnvValues } from '../hidden-values.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'

const one = z.strictObject({ id: scheduleIdSchema })
const oneWithReason = z.strictObject({ id: scheduleIdSchema, reason: reasonSchema })

export const schedulesRouter = router({
  /** By name. */
  list: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.controlPlane.schedules.list()),

  get: procedure({ auth: 'viewer' })
    .input(one)
    .query(({ ctx, input }) => {
      const found = unwrap(ctx.controlPlane.schedules.get(input.id))
      if (ctx.caller.me.role !== 'viewer') return found
      return { ...found, value: { ...found.value, task: withoutEnvValues(found.value.task) } }
    }),

  /** The next due times of a timing. Changes nothing. */
  preview: procedure({ auth: 'viewer' })
    .input(z.strictObject({ timing: scheduleTimingSchema }))
    .query(({ ctx, input }) => unwrap(ctx.controlPlane.schedules.preview(input.timing))),

  /** Makes the schedule, or changes it to this: `qd schedule apply`. (tRPC keeps the name `apply` for itself.) */
  save: procedure({ auth: 'operator', audit: 'schedules.apply' })
    .input(scheduleInputSchema)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.schedules.apply(input, ctx.caller))),

  run: procedure({ auth: 'operator', audit: 'schedules.run', rate: 'submit' })
    .input(one)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.schedules.run(input, ctx.caller))),

  pause: procedure({ auth: 'operator', audit: 'schedules.pause' })
    .input(oneWithReason)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.schedules.pause(input, ctx.caller))),

  resume: procedure({ auth: 'operator', audit: 'schedules.resume' })
    .input(one)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.schedules.resume(input, ctx.caller))),

  remove: procedure({ auth: 'operator', audit: 'schedules.remove' })
    .input(oneWithReason)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.schedules.remove(input, ctx.caller))),
})
