import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { cursorSchema, pageLimitSchema } from '../fields.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'

const page = z.strictObject({ limit: pageLimitSchema, before: cursorSchema.exactOptional() })

export const eventsRouter = router({
  /** Newest first. `types` may end in a dot for all below: `node.`. */
  list: procedure({ auth: 'viewer' })
    .input(
      page.extend({
        types: z.array(z.string().max(64)).max(64).exactOptional(),
        subject: z.strictObject({ kind: z.string().max(32), id: z.string().max(64) }).exactOptional(),
        text: z.string().max(200).exactOptional(),
      }),
    )
    .query(async ({ ctx, input }) => unwrap(await ctx.controlPlane.events.list(input))),

  /** Who did what, newest first. */
  audit: procedure({ auth: 'admin' })
    .input(page)
    .query(async ({ ctx, input }) => unwrap(await ctx.controlPlane.events.audit(input))),
})
