import type http from 'node:http'
import { type RateLimits, refusalAnswer } from '@quarterdeck/api'
import type { ControlPlane } from '@quarterdeck/control-plane'
import { clusterError, limits } from '@quarterdeck/domain'
import type { Platform } from '@quarterdeck/platform'
import fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import type { Bound } from '../bind.ts'
import { agentBundleRoute } from './agent-bundle-route.ts'
import { securityHeaders } from './content-policy.ts'
import type { DashboardFiles } from './dashboard-files.ts'
import { dashboardRoutes } from './dashboard-routes.ts'
import { discardRest } from './discard-rest.ts'
import { type HealthParts, healthRoutes } from './health-routes.ts'
import { resumeRoute } from './resume-route.ts'
import type { CookieNaming } from './session-cookie.ts'
import { trpcRoutes } from './trpc-routes.ts'

export type HttpParts = {
  readonly bound: Bound
  readonly controlPlane: ControlPlane
  readonly platform: Platform
  readonly rates: RateLimits
  readonly cookie: CookieNaming
  /** Why no call is taken now; null when they are. */
  readonly closedBecause: () => string | null
  readonly dashboard: DashboardFiles
  readonly agentBundles: readonly string[]
  readonly health: Pick<HealthParts, 'phase' | 'sockets'>
}

/** Everything that this controller answers over HTTP, on the port that is already open. */
export async function createHttp(parts: HttpParts): Promise<FastifyInstance> {
  const { bound, controlPlane, platform, rates, cookie, closedBecause } = parts
  const controllerUrls = () => liveUrls(controlPlane)

  const app = fastify({
    logger: false,
    bodyLimit: limits.requestBytesMax,
    // Batched procedure names are one long path segment.
    routerOptions: { maxParamLength: 5_000 },
    serverFactory(handler: http.RequestListener) {
      bound.serve(handler)
      return bound.server
    },
  })
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(securityHeaders)
    if (cookie.isTls) reply.header('strict-transport-security', 'max-age=31536000')
  })
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') await discardRest(request.raw, platform.timers)
    const refusal = refusalOf(error)
    if (refusal.code === 'internal')
      platform.log.error('a request failed', { path: request.routeOptions.url, error: error.stack })
    const { status, body } = refusalAnswer(refusal)
    return reply.code(status).send(body)
  })

  healthRoutes(app, { controlPlane, ...parts.health })
  agentBundleRoute(app, parts.agentBundles)
  resumeRoute(app, { controlPlane, platform, cookie, controllerUrls })
  await app.register(trpcRoutes, {
    prefix: '/trpc',
    controlPlane,
    platform,
    rates,
    cookie,
    closedBecause,
    origin: bound.url,
  })
  dashboardRoutes(app, parts.dashboard, controllerUrls)
  await app.ready()
  return app
}

function liveUrls(controlPlane: ControlPlane): readonly string[] {
  const { controllers } = controlPlane.control.view()
  return controllers.filter(({ state }) => state === 'live').map(({ url }) => url)
}

function refusalOf(error: FastifyError) {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return clusterError('bad_input', `The body is too large: at most ${limits.requestBytesMax} bytes are accepted.`)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return clusterError('bad_input', 'The content type must be application/json.', { field: 'content-type' })
    default:
      return (error.statusCode ?? 500) < 500
        ? clusterError('bad_input', 'The request cannot be read.')
        : clusterError('internal', 'This controller failed on the request; its log says why.')
  }
}
