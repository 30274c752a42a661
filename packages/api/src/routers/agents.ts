import { sessionIdSchema } from '@quarterdeck/domain'
import {
  beatSchema,
  joinRequestSchema,
  logChunkSchema,
  registerRequestSchema,
  reportBatchSchema,
} from '@quarterdeck/domain/wire'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { charge, procedure, rateLimited } from '../procedure.ts'
import { router } from '../trpc.ts'

const session = z.strictObject({ sessionId: sessionIdSchema })

/** What agents call over their socket; `domain/wire` describes the protocol. Each acts for the node whose credential opened the socket. */
export const agentsRouter = router({
  /** First contact, over HTTP: a join token becomes the identity of a node. */
  join: procedure({ auth: 'nobody', rate: 'join' })
    .input(joinRequestSchema)
    .mutation(async ({ ctx, input }) => {
      const waitMs = ctx.rates.peek('join-failure', ctx.address)
      if (waitMs > 0) throw rateLimited(waitMs)
      const outcome = await ctx.controlPlane.agents.join(input, ctx.stranger)
      // Only what a guess would be told: a store that is away, or a busy token, is nobody's fault.
      if (!outcome.ok && outcome.error.code === 'bad_token') charge(ctx, 'join-failure', ctx.address)
      return unwrap(outcome)
    }),

  register: procedure({ auth: 'agent', rate: 'handshake' })
    .input(registerRequestSchema)
    .mutation(async ({ ctx: { agent, controlPlane }, input }) => {
      const reply = unwrap(await controlPlane.agents.register(agent.nodeId, input))
      agent.link.sessionId = reply.sessionId
      agent.link.saidGoodbye = false
      if (agent.link.hasEnded) controlPlane.agents.closed(agent.nodeId, reply.sessionId, false)
      return reply
    }),

  beat: procedure({ auth: 'agent' })
    .input(beatSchema)
    .mutation(({ ctx, input }) => unwrap(ctx.controlPlane.agents.beat(ctx.agent.nodeId, input))),

  report: procedure({ auth: 'agent' })
    .input(reportBatchSchema)
    .mutation(async ({ ctx, input }) =>
      unwrap(await ctx.controlPlane.agents.report(ctx.agent.nodeId, input.sessionId, input.reports)),
    ),

  logs: procedure({ auth: 'agent' })
    .input(logChunkSchema)
    .mutation(({ ctx, input }) => unwrap(ctx.controlPlane.agents.logs(ctx.agent.nodeId, input))),

  /** A planned stop: the node becomes `left`, not `suspect`. */
  goodbye: procedure({ auth: 'agent' })
    .input(session)
    .mutation(({ ctx: { agent, controlPlane }, input }) => {
      agent.link.saidGoodbye = true
      controlPlane.agents.closed(agent.nodeId, input.sessionId, true)
      return null
    }),

  /** What the control plane pushes: the whole desired set first, then changes. Ends when a newer session of this node registers. */
  commands: procedure({ auth: 'agent' })
    .input(session)
    .subscription(async function* ({ ctx, input, signal }) {
      yield* ctx.controlPlane.agents.commands(ctx.agent.nodeId, input.sessionId, signal ?? new AbortController().signal)
    }),
})
