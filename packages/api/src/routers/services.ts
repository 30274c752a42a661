import {
  autoscalePolicySchema,
  limits,
  planIdSchema,
  serviceActSchema,
  serviceIdSchema,
  serviceSpecSchema,
  specVersionSchema,
  toldMetricSchema,
} from '@quarterdeck/domain'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { reasonSchema } from '../fields.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'

const one = z.strictObject({ id: serviceIdSchema })
const oneWithReason = z.strictObject({ id: serviceIdSchema, reason: reasonSchema })

export const servicesRouter = router({
  list: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.controlPlane.services.list()),

  get: procedure({ auth: 'viewer' })
    .input(one)
    .query(({ ctx, input }) => unwrap(ctx.controlPlane.services.get(input.id))),

  /** What applying this file would do: the difference, the steps, and where new replicas would go. Changes nothing. */
  plan: procedure({ auth: 'operator', audit: 'services.plan' })
    .input(z.strictObject({ spec: serviceSpecSchema }))
    .mutation(({ ctx, input }) => unwrap(ctx.controlPlane.services.plan(input.spec))),

  /** Makes the service, or brings it to this file. Returns once that is stored; the leader carries it out. Safe to repeat. (tRPC keeps the name `apply` for itself.) */
  save: procedure({ auth: 'operator', audit: 'services.apply' })
    .input(z.strictObject({ spec: serviceSpecSchema, basis: z.string().max(64).exactOptional() }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.services.apply(input, ctx.caller))),

  /** What scaling, going back or a new file would do: batch by batch, with where each replica goes. Changes nothing. */
  preview: procedure({ auth: 'operator', audit: 'services.preview' })
    .input(serviceActSchema)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.services.preview(input))),

  /** Does what was previewed, if it still would do what it said. */
  carryOut: procedure({ auth: 'operator', audit: 'services.carry-out' })
    .input(z.strictObject({ planId: planIdSchema, reason: reasonSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.services.carryOut(input, ctx.caller))),

  scale: procedure({ auth: 'operator', audit: 'services.scale' })
    .input(oneWithReason.extend({ replicas: z.number().int().min(0).max(limits.replicasMax) }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.services.scale(input, ctx.caller))),

  /** Measures decide how many replicas there are; null: operators do. */
  autoscale: procedure({ auth: 'operator', audit: 'services.autoscale' })
    .input(oneWithReason.extend({ autoscale: autoscalePolicySchema.nullable() }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.services.setAutoscale(input, ctx.caller))),

  /** Tells a number that a `metric` of its autoscaling reads. */
  tellMetric: procedure({ auth: 'operator', audit: 'services.tell-metric' })
    .input(one.extend(toldMetricSchema.shape))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.services.tellMetric(input, ctx.caller))),

  rollback: procedure({ auth: 'operator', audit: 'services.rollback' })
    .input(oneWithReason.extend({ version: specVersionSchema.exactOptional() }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.services.rollback(input, ctx.caller))),

  pauseUpdate: procedure({ auth: 'operator', audit: 'services.pause-update' })
    .input(oneWithReason)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.services.pauseUpdate(input, ctx.caller))),

  /** Also lets an update go on that waits after its canaries. */
  resumeUpdate: procedure({ auth: 'operator', audit: 'services.resume-update' })
    .input(oneWithReason)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.services.resumeUpdate(input, ctx.caller))),

  /** Stops its replicas; it is gone when they are. */
  remove: procedure({ auth: 'operator', audit: 'services.remove' })
    .input(oneWithReason)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.services.remove(input, ctx.caller))),
})
