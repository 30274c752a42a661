import { operationIdSchema } from '@quarterdeck/domain'
import { z } from 'zod'
import { unwrap } from '../errors.ts'
import { pageLimitSchema } from '../fields.ts'
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
})
