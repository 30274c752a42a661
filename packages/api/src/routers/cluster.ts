import { planIdSchema, settingsSchema, streamInputSchema } from '@quarterdeck/domain'
import { tracked } from '@trpc/server'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { reasonSchema } from '../fields.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'
import { whilePermitted } from '../while-permitted.ts'

export const clusterRouter = router({
  summary: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.controlPlane.cluster.summary()),

  survivability: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.controlPlane.cluster.survivability()),

  /** The fewest moves that would even out what is reserved. A question: nothing is moved until `rebalance` names this advice. */
  rebalanceAdvice: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.controlPlane.cluster.rebalanceAdvice()),

  rebalance: procedure({ auth: 'operator', audit: 'cluster.rebalance' })
    .input(z.strictObject({ planId: planIdSchema, reason: reasonSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.cluster.rebalance(input, ctx.caller))),

  settings: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.controlPlane.cluster.settings()),

  updateSettings: procedure({ auth: 'admin', audit: 'cluster.update-settings' })
    .input(
      z.strictObject({
        strategy: settingsSchema.shape.strategy.exactOptional(),
        clusterName: settingsSchema.shape.clusterName.exactOptional(),
        /** Null: advice is carried out by people only. */
        rebalance: settingsSchema.shape.rebalance,
      }),
    )
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.cluster.updateSettings(input, ctx.caller))),

  strategies: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.controlPlane.cluster.strategies()),

  /** Everything one page shows, live. Resumes from the cursor of the last frame, or says that it cannot with a `reset`. */
  stream: procedure({ auth: 'viewer' })
    .input(streamInputSchema)
    .subscription(async function* ({ ctx, input: { lastEventId, topics }, signal }) {
      const wanted = {
        topics,
        ...(lastEventId === undefined ? {} : { lastEventId }),
        me: ctx.caller.me,
        buffered: ctx.bytesBuffered,
      }
      for await (const { cursor, frame } of whilePermitted(ctx, signal, (until) =>
        ctx.controlPlane.cluster.stream(wanted, until),
      )) {
        yield tracked(cursor, frame)
      }
    }),
})
