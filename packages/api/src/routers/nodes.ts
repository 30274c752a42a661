import {
  ANY_POOL,
  drainOptionsSchema,
  labelsSchema,
  limits,
  nodeIdSchema,
  planIdSchema,
  plannedActs,
  poolNameSchema,
  taintSchema,
} from '@quarterdeck/domain'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { nodeIdsSchema, reasonSchema } from '../fields.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'

const one = z.strictObject({ id: nodeIdSchema })
const oneWithReason = z.strictObject({ id: nodeIdSchema, reason: reasonSchema })
const manyWithReason = z.strictObject({ ids: nodeIdsSchema, reason: reasonSchema })
const defaultDrain = drainOptionsSchema.parse({})
const drainTargets = z.strictObject({ ids: nodeIdsSchema, options: drainOptionsSchema.default(defaultDrain) })

export const nodesRouter = router({
  list: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.controlPlane.nodes.list()),

  get: procedure({ auth: 'viewer' })
    .input(one)
    .query(({ ctx, input }) => unwrap(ctx.controlPlane.nodes.get(input.id))),

  /** Measured load since `sinceMs` (wall clock), as far back as this controller kept it. */
  history: procedure({ auth: 'viewer' })
    .input(z.strictObject({ id: nodeIdSchema, sinceMs: z.number().nonnegative().default(0) }))
    .query(({ ctx, input }) => unwrap(ctx.controlPlane.nodes.history(input.id, { sinceMs: input.sinceMs }))),

  cordon: procedure({ auth: 'operator', audit: 'nodes.cordon' })
    .input(manyWithReason)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.nodes.cordon(input, ctx.caller))),

  uncordon: procedure({ auth: 'operator', audit: 'nodes.uncordon' })
    .input(manyWithReason)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.nodes.uncordon(input, ctx.caller))),

  /** What would become of the tasks if these nodes, or a whole zone, were gone now. Keeps the plan for 30 minutes; changes nothing else. */
  previewLoss: procedure({ auth: 'viewer', audit: 'nodes.preview-loss' })
    .input(
      z
        .strictObject({
          ids: nodeIdsSchema.or(z.tuple([])).default([]),
          zone: z.string().min(1).max(limits.nameLengthMax).exactOptional(),
        })
        .refine(
          ({ ids, zone }) => ids.length > 0 || zone !== undefined,
          'names at least one node in `ids`, or a `zone`',
        ),
    )
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.nodes.previewLoss(input, ctx.caller))),

  /**
   * What cordon, remove, promote or demote would do: capacity left, tasks lost, how many controllers can then be lost. Keeps the plan for
   * 30 minutes, so that `confirmAct` can carry out exactly this one; changes nothing else.
   */
  previewAct: procedure({ auth: 'operator', audit: 'nodes.preview-act' })
    .input(z.strictObject({ act: z.enum(plannedActs), ids: nodeIdsSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.nodes.previewAct(input, ctx.caller))),

  /** Does what was previewed, or `plan_outdated` with what differs. To remove a node is for admins. */
  confirmAct: procedure({ auth: 'operator', audit: 'nodes.confirm-act' })
    .input(z.strictObject({ planId: planIdSchema, reason: reasonSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.nodes.confirmAct(input, ctx.caller))),

  /** What a drain would do. Keeps the plan for 30 minutes, so that `drain` can carry out exactly this one; changes nothing else. */
  previewDrain: procedure({ auth: 'operator', audit: 'nodes.preview-drain' })
    .input(drainTargets)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.nodes.previewDrain(input))),

  /** Returns once the intent is stored, not once the nodes are empty: the operation shows that happening. */
  drain: procedure({ auth: 'operator', audit: 'nodes.drain' })
    .input(drainTargets.extend({ reason: reasonSchema, planId: planIdSchema.exactOptional() }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.nodes.drain(input, ctx.caller))),

  stopDrain: procedure({ auth: 'operator', audit: 'nodes.stop-drain' })
    .input(manyWithReason.extend({ uncordon: z.boolean().default(false) }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.nodes.stopDrain(input, ctx.caller))),

  remove: procedure({ auth: 'admin', audit: 'nodes.remove' })
    .input(oneWithReason)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.nodes.remove(input, ctx.caller))),

  promote: procedure({ auth: 'operator', audit: 'nodes.promote' })
    .input(oneWithReason)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.nodes.promote(input, ctx.caller))),

  demote: procedure({ auth: 'operator', audit: 'nodes.demote' })
    .input(oneWithReason)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.nodes.demote(input, ctx.caller))),

  /** What these taints, as a whole, would do to the tasks of the node: who is stopped and goes where. Nothing is kept or changed. */
  previewTaints: procedure({ auth: 'viewer' })
    .input(one.extend({ taints: z.array(taintSchema).max(limits.taintsMax) }))
    .query(({ ctx, input }) => unwrap(ctx.controlPlane.nodes.previewTaints(input))),

  /** The pool, the taints as a whole, or both. New work obeys; a taint `no-execute` also ends what does not tolerate it. */
  setPlacing: procedure({ auth: 'operator', audit: 'nodes.set-placing' })
    .input(
      z
        .strictObject({
          id: nodeIdSchema,
          pool: poolNameSchema.refine((name) => name !== ANY_POOL, 'a node belongs to one pool').exactOptional(),
          taints: z.array(taintSchema).max(limits.taintsMax).exactOptional(),
          reason: reasonSchema,
        })
        .refine(({ pool, taints }) => pool !== undefined || taints !== undefined, {
          path: ['pool'],
          message: 'give `pool`, `taints`, or both',
        }),
    )
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.nodes.setPlacing(input, ctx.caller))),

  setLabels: procedure({ auth: 'operator', audit: 'nodes.set-labels' })
    .input(z.strictObject({ id: nodeIdSchema, labels: labelsSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.nodes.setLabels(input, ctx.caller))),
})
