import type { ClusterError } from '@quarterdeck/domain'
import { initTRPC } from '@trpc/server'
import type { Audience } from './authorize.ts'
import type { Context } from './context.ts'
import { toClusterError } from './errors.ts'
import type { Bucket } from './rate-limits.ts'

/** Said of every procedure; read by the tests that walk the router. */
export type Meta = {
  readonly auth: Audience
  readonly audit: string | null
  readonly rate: Bucket | null
}

/** Reachable only from `procedure.ts` and the registry: no router can make a procedure that skips authorization. */
export const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    isDev: false,
    errorFormatter({ shape, error, input, path, ctx }) {
      const cluster: ClusterError = toClusterError(error, { input, path, requestId: ctx?.requestId ?? 'unknown' })
      return {
        ...shape,
        message: cluster.message,
        data: { code: shape.data.code, httpStatus: shape.data.httpStatus, cluster },
      }
    },
    sse: {
      ping: { enabled: true, intervalMs: 2_000 },
      // A page must notice a dead controller, and move, within 5 seconds.
      client: { reconnectAfterInactivityMs: 5_000 },
    },
  })

export const router = t.router
