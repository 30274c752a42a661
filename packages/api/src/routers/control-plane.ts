import { controllerIdSchema } from '@quarterdeck/domain'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { reasonSchema } from '../fields.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'

export const controlPlaneRouter = router({
  view: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.controlPlane.control.view()),

  /** Returns when the other controller holds the lease: there is no moment without a leader. */
  transfer: procedure({ auth: 'operator', audit: 'control-plane.transfer' })
    .input(z.strictObject({ to: controllerIdSchema, reason: reasonSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.control.transfer(input, ctx.caller))),

  /** Lets nodes be declared down although many fell silent together: for someone who knows that they are really gone. */
  releaseBrake: procedure({ auth: 'admin', audit: 'control-plane.release-brake' })
    .input(
      z.strictObject({
        forMs: z
          .number()
          .int()
          .min(1_000)
          .max(24 * 3_600_000)
          .default(10 * 60_000),
        reason: reasonSchema,
      }),
    )
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.control.releaseBrake(input, ctx.caller))),
})
