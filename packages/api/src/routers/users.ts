import { passwordSchema, roleSchema, userIdSchema } from '@quarterdeck/domain'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'

export const usersRouter = router({
  list: procedure({ auth: 'admin' }).query(({ ctx }) => ctx.controlPlane.access.listUsers()),

  create: procedure({ auth: 'admin', audit: 'users.create' })
    .input(z.strictObject({ id: userIdSchema, role: roleSchema, password: passwordSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.access.createUser(input, ctx.caller))),

  /** Role, password, or whether the user may sign in; what is absent stays. */
  update: procedure({ auth: 'admin', audit: 'users.update' })
    .input(
      z.strictObject({
        id: userIdSchema,
        role: roleSchema.exactOptional(),
        disabled: z.boolean().exactOptional(),
        password: passwordSchema.exactOptional(),
      }),
    )
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.access.updateUser(input, ctx.caller))),

  remove: procedure({ auth: 'admin', audit: 'users.remove' })
    .input(z.strictObject({ id: userIdSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.access.removeUser(input, ctx.caller))),
})
