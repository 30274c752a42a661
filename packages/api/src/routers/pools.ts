import { poolNameSchema, poolPolicySchema } from '@quarterdeck/domain'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { reasonSchema } from '../fields.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'

export const poolsRouter = router({
  /** Pools with their nodes and tasks, and how their autoscaling stands. */
  list: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.controlPlane.pools.list()),

  /** For admins: controllers call the address that is given here. */
  setScaler: procedure({ auth: 'admin', audit: 'pools.set-scaler' })
    .input(
      z.strictObject({
        policy: poolPolicySchema,
        secret: z.string().min(16).max(200).exactOptional(),
        reason: reasonSchema,
      }),
    )
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.pools.setScaler(input, ctx.caller))),

  removeScaler: procedure({ auth: 'admin', audit: 'pools.remove-scaler' })
    .input(z.strictObject({ pool: poolNameSchema, reason: reasonSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.pools.removeScaler(input, ctx.caller))),
})
