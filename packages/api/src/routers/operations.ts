import { operationIdSchema, planIdSchema } from '@quarterdeck/domain'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { pageLimitSchema, reasonSchema } from '../fields.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'

export const operationsRouter = router({
  /** Newest first. */
  list: procedure({ auth: 'viewer' })
    .input(z.strictObject({ limit: pageLimitSchema }))
    .query(({ ctx, input }) => ctx.controlPlane.operations.list(input)),

  get: procedure({ auth: 'viewer' })
    .input(z.strictObject({ id: operationIdSchema }))
    .query(({ ctx, input }) => unwrap(ctx.controlPlane.operations.get(input.id))),

  /** Ends a running drain or rebalance where it is. The nodes of a drain stay cordoned. */
  stop: procedure({ auth: 'operator', audit: 'operations.stop' })
    .input(z.strictObject({ id: operationIdSchema, reason: reasonSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.operations.stop(input, ctx.caller))),

  /** Gives a previewed plan a link, so that somebody else can look at it and apply it. Changes no node. */
  sharePlan: procedure({ auth: 'operator', audit: 'operations.share-plan' })
    .input(z.strictObject({ planId: planIdSchema, reason: reasonSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.operations.sharePlan(input, ctx.caller))),
})
