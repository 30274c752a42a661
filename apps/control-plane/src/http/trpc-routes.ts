import {
  appRouter,
  type Context,
  createIdentity,
  type Principal,
  type RateLimits,
  refusalAnswer,
} from '@quarterdeck/api'
import type { ControlPlane } from '@quarterdeck/control-plane'
import { type ClusterError, clusterError, limits } from '@quarterdeck/domain'
import type { Platform } from '@quarterdeck/platform'
import { type CreateFastifyContextOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { plainAddress } from '../network-address.ts'
import { findPrincipal } from '../principal.ts'
import { packLiveStream } from './packed-streams.ts'
import { answerPlainCalls } from './plain-calls.ts'
import { isShallow, JSON_DEPTH_MAX, refuseRequest } from './request-check.ts'
import { type CookieNaming, clearCookie, sessionSecrets, setCookie } from './session-cookie.ts'
import { sendAnswersWhole } from './whole-answers.ts'

export type ApiParts = {
  readonly controlPlane: ControlPlane
  readonly platform: Platform
  readonly rates: RateLimits
  readonly cookie: CookieNaming
  readonly closedBecause: () => string | null
  /** Origin of this controller's own pages. */
  readonly origin: string
}

/** Calls, batches and SSE streams of the API under /trpc. */
export const trpcRoutes: FastifyPluginAsync<ApiParts> = async (app, parts) => {
  const { controlPlane, platform, rates, cookie, closedBecause, origin } = parts

  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const refused =
      refuseRequest(headOf(request, cookie), origin) ?? refuseBatch(request) ?? refuseClosed(closedBecause())
    if (!refused) return
    const { status, body } = refusalAnswer(refused)
    return reply.code(status).send(body)
  })
  app.addHook('preHandler', async (request, reply) => {
    if (typeof request.body !== 'string' || isShallow(request.body, JSON_DEPTH_MAX)) return
    const { status, body } = refusalAnswer(
      clusterError('bad_input', `The input nests deeper than ${JSON_DEPTH_MAX} levels.`),
    )
    return reply.code(status).send(body)
  })

  sendAnswersWhole(app)
  packLiveStream(app)

  function createContext({ req, res }: Pick<CreateFastifyContextOptions, 'req' | 'res'>): Context {
    const secrets = sessionSecrets(req.headers.cookie, cookie)
    const apiToken = bearer(req.headers.authorization)
    return {
      controlPlane,
      platform,
      rates,
      identity: createIdentity(
        platform.clock,
        (): Promise<Principal> => findPrincipal(controlPlane, { secrets, apiToken }),
      ),
      address: plainAddress(req.socket.remoteAddress),
      userAgent: String(req.headers['user-agent'] ?? '').slice(0, 200),
      requestId: platform.ids.next('req'),
      door: {
        open: ({ sessionSecret, expiresAtMs }) => {
          res.header('set-cookie', setCookie(cookie, sessionSecret, (expiresAtMs - platform.clock.unixMs()) / 1_000))
        },
        close: () => {
          res.header('set-cookie', clearCookie(cookie))
        },
      },
      bytesBuffered: () => res.raw.writableLength,
    }
  }

  function onError({ error, path, ctx }: FailedCall): void {
    if (error.code !== 'INTERNAL_SERVER_ERROR') return
    platform.log.error('a call failed', {
      path,
      requestId: ctx?.requestId,
      error: error.cause instanceof Error ? error.cause.stack : error.message,
    })
  }

  answerPlainCalls(app, { createContext, onError })
  await app.register(fastifyTRPCPlugin, {
    trpcOptions: {
      router: appRouter,
      createContext,
      onError,
    },
  })
}

type FailedCall = {
  readonly error: Error & { code: string }
  readonly path: string | undefined
  readonly ctx: Context | undefined
}

function refuseClosed(because: string | null): ClusterError | null {
  return because === null ? null : clusterError('unavailable', because, { retryAfterMs: 1_000 })
}

/** Each call of a batch costs like a call of its own, and one request should not cost without bound. */
function refuseBatch(request: FastifyRequest): ClusterError | null {
  const calls = (request.url.split('?', 1)[0] ?? '').split(/,|%2c/i).length
  if (calls <= limits.batchCallsMax) return null
  return clusterError(
    'bad_input',
    `A batch of ${calls} calls is too large: at most ${limits.batchCallsMax} are accepted.`,
  )
}

function headOf(request: FastifyRequest, cookie: CookieNaming) {
  const { headers, method } = request
  return {
    method,
    host: headers.host,
    origin: headers.origin,
    secFetchSite: one(headers['sec-fetch-site']),
    contentType: headers['content-type'],
    csrf: one(headers['x-qd-csrf']),
    hasSessionCookie: sessionSecrets(headers.cookie, cookie).length > 0,
  }
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}

function bearer(header: string | undefined): string | null {
  const match = /^Bearer (\S{1,300})$/.exec(header ?? '')
  return match?.[1] ?? null
}
