import { limits, workflowIdSchema, workflowRunIdSchema, workflowSpecSchema } from '@quarterdeck/domain'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { pageLimitSchema, reasonSchema } from '../fields.ts'
import { withoutEnvValues } from '../hidden-values.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'

const one = z.strictObject({ id: workflowIdSchema })
const oneRun = z.strictObject({ id: workflowRunIdSchema })

/** Any JSON value; expressions of the workflow read it as `input`. */
const runInputSchema = z
  .json()
  .default(null)
  .refine(
    (input) => JSON.stringify(input).length <= limits.workflowRunInputBytesMax,
    `input may take ${limits.workflowRunInputBytesMax} bytes`,
  )

export const workflowsRouter = router({
  list: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.controlPlane.workflows.list()),

  get: procedure({ auth: 'viewer' })
    .input(one.extend({ version: z.number().int().positive().exactOptional() }))
    .query(({ ctx, input }) => {
      const found = unwrap(ctx.controlPlane.workflows.get(input))
      if (ctx.caller.me.role !== 'viewer') return found
      const steps = found.value.definition.steps.map((step) => ({
        ...step,
        task: withoutEnvValues(step.task),
        compensate: step.compensate && { ...step.compensate, task: withoutEnvValues(step.compensate.task) },
      }))
      return { ...found, value: { ...found.value, definition: { ...found.value.definition, steps } } }
    }),

  /** What applying this file would do. Changes nothing. */
  plan: procedure({ auth: 'operator', audit: 'workflows.plan' })
    .input(z.strictObject({ spec: workflowSpecSchema }))
    .mutation(({ ctx, input }) => unwrap(ctx.controlPlane.workflows.plan(input.spec))),

  /** Makes the workflow, or its next version. Runs that live go on as they began. Safe to repeat. */
  save: procedure({ auth: 'operator', audit: 'workflows.apply' })
    .input(z.strictObject({ spec: workflowSpecSchema, basis: z.string().max(64).exactOptional() }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.workflows.apply(input, ctx.caller))),

  start: procedure({ auth: 'operator', audit: 'workflows.start', rate: 'submit' })
    .input(one.extend({ input: runInputSchema, idempotencyKey: z.string().min(1).max(200).exactOptional() }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.workflows.start(input, ctx.caller))),

  /** Newest first. */
  runs: procedure({ auth: 'viewer' })
    .input(z.strictObject({ id: workflowIdSchema.exactOptional(), limit: pageLimitSchema }))
    .query(({ ctx, input }) => ctx.controlPlane.workflows.runs(input)),

  run: procedure({ auth: 'viewer' })
    .input(oneRun)
    .query(({ ctx, input }) => unwrap(ctx.controlPlane.workflows.run(input.id))),

  cancel: procedure({ auth: 'operator', audit: 'workflows.cancel' })
    .input(oneRun.extend({ reason: reasonSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.workflows.cancel(input, ctx.caller))),

  /** Goes on from where it failed; keeps what succeeded. */
  retry: procedure({ auth: 'operator', audit: 'workflows.retry' })
    .input(oneRun.extend({ reason: reasonSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.workflows.retry(input, ctx.caller))),

  /** Its runs that live go on. */
  remove: procedure({ auth: 'operator', audit: 'workflows.remove' })
    .input(one.extend({ reason: reasonSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.workflows.remove(input, ctx.caller))),
})
