import { breakerSchema } from '@quarterdeck/domain'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { reasonSchema } from '../fields.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'

const { job, nodeId } = breakerSchema.shape

export const faultsRouter = router({
  /** Which jobs are kept away from which nodes because they failed there. */
  breakers: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.controlPlane.faults.breakers()),

  closeBreaker: procedure({ auth: 'operator', audit: 'faults.close-breaker' })
    .input(z.strictObject({ job, nodeId, reason: reasonSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.faults.closeBreaker(input, ctx.caller))),

  /** Nodes on which several jobs fail that fare better elsewhere, with the evidence. */
  cordonSuggestions: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.controlPlane.faults.cordonSuggestions()),

  /** The queue of background retries: whether it is paused, and how many wait in it. */
  failback: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.controlPlane.faults.failback()),

  setFailbackPaused: procedure({ auth: 'operator', audit: 'faults.set-failback-paused' })
    .input(z.strictObject({ paused: z.boolean(), reason: reasonSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.faults.setFailbackPaused(input, ctx.caller))),
})
