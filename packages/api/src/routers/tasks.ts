import {
  deadLetterFilterSchema,
  limits,
  nodeIdSchema,
  planIdSchema,
  taskIdSchema,
  taskStateSchema,
  taskSubmitSchema,
} from '@quarterdeck/domain'
import { tracked } from '@trpc/server'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { cursorSchema, pageLimitSchema, reasonSchema } from '../fields.ts'
import { withoutEnvValues } from '../hidden-values.ts'
import { charge, memberKey, procedure } from '../procedure.ts'
import { router } from '../trpc.ts'
import { whilePermitted } from '../while-permitted.ts'

const one = z.strictObject({ id: taskIdSchema })
const oneWithReason = z.strictObject({ id: taskIdSchema, reason: reasonSchema })
/** Shorter than what proxies between us and the caller put up with. */
const waitMsSchema = z.number().int().min(0).max(55_000).default(25_000)

export const tasksRouter = router({
  submit: procedure({ auth: 'operator', audit: 'tasks.submit', rate: 'submit' })
    .input(taskSubmitSchema)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.tasks.submit(input, ctx.caller))),

  /** One outcome per task, in order: some may be taken and some refused. */
  submitMany: procedure({ auth: 'operator', audit: 'tasks.submit-many', rate: 'submit' })
    .input(z.strictObject({ tasks: z.array(taskSubmitSchema).min(1).max(limits.commitChangesMax) }))
    .mutation(async ({ ctx, input }) => {
      // The call itself has paid for the first.
      charge(ctx, 'submit', memberKey(ctx.caller), input.tasks.length - 1)
      return await ctx.controlPlane.tasks.submitMany(input.tasks, ctx.caller)
    }),

  /** From submit to result in one call. After `waitMs` the answer is the task as it is then: go on with `wait`. */
  run: procedure({ auth: 'operator', audit: 'tasks.submit', rate: 'submit' })
    .input(z.strictObject({ task: taskSubmitSchema, waitMs: waitMsSchema }))
    .mutation(async ({ ctx, input, signal }) =>
      unwrap(await ctx.controlPlane.tasks.run(input.task, input.waitMs, ctx.caller, signal ?? never())),
    ),

  /** The task once it has ended, or as it is after `waitMs`. */
  wait: procedure({ auth: 'viewer' })
    .input(one.extend({ waitMs: waitMsSchema }))
    .query(async ({ ctx, input, signal }) =>
      unwrap(await ctx.controlPlane.tasks.wait(input.id, input.waitMs, signal ?? never())),
    ),

  /** Batches of the caller's own tasks as they end, from now on: for whoever submits many. */
  finished: procedure({ auth: 'operator' }).subscription(async function* ({ ctx, signal }) {
    yield* whilePermitted(ctx, signal, (until) => ctx.controlPlane.tasks.finished(ctx.caller, until))
  }),

  /** Where the task would run now, and why. Changes nothing. */
  preview: procedure({ auth: 'operator' })
    .input(taskSubmitSchema)
    .query(({ ctx, input }) => unwrap(ctx.controlPlane.tasks.preview(input))),

  /** The same, kept for 30 minutes under an id: `confirm` carries out exactly this plan, or says what differs. */
  plan: procedure({ auth: 'operator', audit: 'tasks.plan' })
    .input(taskSubmitSchema)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.tasks.plan(input, ctx.caller))),

  getPlan: procedure({ auth: 'operator' })
    .input(z.strictObject({ planId: planIdSchema }))
    .query(async ({ ctx, input }) => unwrap(await ctx.controlPlane.tasks.getPlan(input.planId))),

  /** Hands in the task of a plan. A second time it finds the task of the first. */
  confirm: procedure({ auth: 'operator', audit: 'tasks.submit', rate: 'submit' })
    .input(z.strictObject({ planId: planIdSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.tasks.confirm(input, ctx.caller))),

  /** Why the task is where it is or waits, with the verdict on one node when one is named. A question: nothing is changed. */
  explain: procedure({ auth: 'viewer' })
    .input(one.extend({ nodeId: nodeIdSchema.exactOptional() }))
    .query(async ({ ctx, input }) => unwrap(await ctx.controlPlane.tasks.explain(input))),

  /** The same for a task that was not submitted. */
  explainNew: procedure({ auth: 'operator' })
    .input(z.strictObject({ task: taskSubmitSchema, nodeId: nodeIdSchema.exactOptional() }))
    .query(({ ctx, input }) => unwrap(ctx.controlPlane.tasks.explainNew(input))),

  list: procedure({ auth: 'viewer' })
    .input(
      z.strictObject({
        states: z.array(taskStateSchema).max(32).exactOptional(),
        nodeId: nodeIdSchema.exactOptional(),
        text: z.string().max(200).exactOptional(),
        limit: pageLimitSchema,
        cursor: cursorSchema.exactOptional(),
      }),
    )
    .query(({ ctx, input }) => ctx.controlPlane.tasks.list(input)),

  get: procedure({ auth: 'viewer' })
    .input(one)
    .query(async ({ ctx, input }) => {
      const detail = unwrap(await ctx.controlPlane.tasks.get(input.id))
      if (ctx.caller.me.role !== 'viewer') return detail
      return { ...detail, value: { ...detail.value, spec: withoutEnvValues(detail.value.spec) } }
    }),

  cancel: procedure({ auth: 'operator', audit: 'tasks.cancel' })
    .input(oneWithReason)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.tasks.cancel(input, ctx.caller))),

  rerun: procedure({ auth: 'operator', audit: 'tasks.rerun', rate: 'submit' })
    .input(one)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.tasks.rerun(input, ctx.caller))),

  /** Tasks that ended without having done what they were for, with how many of each job a replay would make. */
  deadLetters: procedure({ auth: 'viewer' })
    .input(deadLetterFilterSchema.extend({ limit: pageLimitSchema }))
    .query(({ ctx, input }) => ctx.controlPlane.tasks.deadLetters(input)),

  /** A new task for each matching dead letter that was not replayed yet. Safe to repeat. */
  replay: procedure({ auth: 'operator', audit: 'tasks.replay' })
    .input(deadLetterFilterSchema)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.tasks.replay(input, ctx.caller))),

  closeUnknown: procedure({ auth: 'operator', audit: 'tasks.close-unknown' })
    .input(oneWithReason)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.tasks.closeUnknown(input, ctx.caller))),

  /** The row now and at each change; ends after the terminal one. */
  watch: procedure({ auth: 'viewer' })
    .input(one)
    .subscription(async function* ({ ctx, input, signal }) {
      yield* whilePermitted(ctx, signal, (until) => ctx.controlPlane.tasks.watch(input.id, until))
    }),

  /** Lines of the attempt's output, each tracked by the byte offset after it: a client that reconnects goes on there. */
  logs: procedure({ auth: 'viewer' })
    .input(
      z.strictObject({
        id: taskIdSchema,
        attempt: z.number().int().positive().exactOptional(),
        fromOffset: z.number().int().nonnegative().default(0),
        /** Set by a controller that asks for one of its own callers: the answer comes from here or not at all. */
        relayed: z.boolean().default(false),
        lastEventId: z.coerce.number().int().nonnegative().optional(),
      }),
    )
    .subscription(async function* ({ ctx, input: { lastEventId, ...input }, signal }) {
      const wanted = { ...input, fromOffset: lastEventId ?? input.fromOffset }
      for await (const line of whilePermitted(ctx, signal, (until) => ctx.controlPlane.tasks.logs(wanted, until))) {
        yield tracked(String(line.endOffset), line)
      }
    }),
})

function never(): AbortSignal {
  return new AbortController().signal
}
