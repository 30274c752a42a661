import { planIdSchema } from '@quarterdeck/domain'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'

export const plansRouter = router({
  /** A plan that a preview kept less than half an hour ago, whatever it is a plan of. Each kind is confirmed by the service it is of. */
  get: procedure({ auth: 'viewer' })
    .input(z.strictObject({ planId: planIdSchema }))
    .query(async ({ ctx, input }) => unwrap(await ctx.controlPlane.plans.get(input.planId))),
})
