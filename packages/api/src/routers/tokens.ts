import { labelsSchema, limits, roleSchema, tokenIdSchema } from '@quarterdeck/domain'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'

const ttlMsSchema = z
  .number()
  .int()
  .min(60_000)
  .max(366 * 24 * 3_600_000)
const byId = z.strictObject({ id: tokenIdSchema })

export const tokensRouter = router({
  listJoin: procedure({ auth: 'admin' }).query(({ ctx }) => ctx.controlPlane.access.listJoinTokens()),

  /** The token itself is in this answer and never shown again. */
  createJoin: procedure({ auth: 'admin', audit: 'tokens.create-join' })
    .input(
      z.strictObject({
        usesMax: z.number().int().min(1).max(10_000).default(1),
        ttlMs: ttlMsSchema.default(3_600_000),
        labels: labelsSchema.default({}),
        zone: z.string().min(1).max(limits.nameLengthMax).nullable().default(null),
      }),
    )
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.access.createJoinToken(input, ctx.caller))),

  revokeJoin: procedure({ auth: 'admin', audit: 'tokens.revoke-join' })
    .input(byId)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.access.revokeJoinToken(input, ctx.caller))),

  listApi: procedure({ auth: 'admin' }).query(({ ctx }) => ctx.controlPlane.access.listApiTokens()),

  /** The token itself is in this answer and never shown again. `ttlMs` null: until it is revoked. */
  createApi: procedure({ auth: 'admin', audit: 'tokens.create-api' })
    .input(
      z.strictObject({
        name: z.string().trim().min(1).max(limits.nameLengthMax),
        role: roleSchema,
        ttlMs: ttlMsSchema.nullable().default(90 * 24 * 3_600_000),
      }),
    )
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.access.createApiToken(input, ctx.caller))),

  revokeApi: procedure({ auth: 'admin', audit: 'tokens.revoke-api' })
    .input(byId)
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.access.revokeApiToken(input, ctx.caller))),
})
