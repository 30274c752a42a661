import { createRateLimits, refusalAnswer } from '@quarterdeck/api'
import type { ControlPlane } from '@quarterdeck/control-plane'
import { clusterError } from '@quarterdeck/domain'
import type { Clock, Ids } from '@quarterdeck/platform'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { plainAddress } from '../network-address.ts'
import { isPeerOrigin } from './peer-origins.ts'
import { type CookieNaming, setCookie } from './session-cookie.ts'

const bodySchema = z.strictObject({ ticket: z.string().min(1).max(500) })

export type ResumeParts = {
  readonly controlPlane: ControlPlane
  readonly platform: { readonly clock: Clock; readonly ids: Ids }
  readonly cookie: CookieNaming
  /** Addresses of the live controllers, this one included. */
  readonly controllerUrls: () => readonly string[]
}

/**
 * Takes in a page whose controller died: its single-use ticket becomes a cookie of this controller for the same session.
 * The only route that another origin may call, and only the origin of a registered live controller.
 */
export function resumeRoute(
  app: FastifyInstance,
  { controlPlane, platform, cookie, controllerUrls }: ResumeParts,
): void {
  const rates = createRateLimits(platform.clock)

  app.options('/auth/resume', (request, reply) => {
    const origin = allowedOrigin(request)
    if (!origin) return refuse(reply)
    return allow(reply, origin)
      .header('access-control-allow-methods', 'POST')
      .header('access-control-allow-headers', 'content-type, x-qd-csrf')
      .header('access-control-max-age', '600')
      .code(204)
      .send()
  })

  app.post('/auth/resume', { bodyLimit: 4_096 }, async (request, reply) => {
    const origin = allowedOrigin(request)
    if (request.headers.origin !== undefined && !origin) return refuse(reply)
    if (origin) allow(reply, origin)
    const address = plainAddress(request.socket.remoteAddress)
    const waitMs = rates.take('sign-in', address)
    if (waitMs > 0)
      return answer(
        reply,
        clusterError('rate_limited', `Too many calls; the next one is accepted in ${waitMs} ms.`, {
          retryAfterMs: waitMs,
        }),
      )

    const body = bodySchema.safeParse(request.body)
    if (!body.success)
      return answer(reply, clusterError('bad_input', 'The body must be {"ticket": "…"}.', { field: 'ticket' }))
    const from = {
      address,
      requestId: platform.ids.next(),
      userAgent: String(request.headers['user-agent'] ?? '').slice(0, 200),
    }
    const outcome = await controlPlane.access.redeemTicket(body.data.ticket, from)
    if (!outcome.ok) return answer(reply, outcome.error)

    const { sessionSecret, me, expiresAtMs } = outcome.value
    return reply
      .header('set-cookie', setCookie(cookie, sessionSecret, (expiresAtMs - platform.clock.unixMs()) / 1_000))
      .header('cache-control', 'no-store')
      .send({ me, expiresAtMs })
  })

  function allowedOrigin(request: FastifyRequest): string | null {
    const { origin, host } = request.headers
    if (origin === undefined) return null
    const isOwn = URL.canParse(origin) && new URL(origin).host === host
    return isOwn || isPeerOrigin(controllerUrls(), origin) ? origin : null
  }
}

function allow(reply: FastifyReply, origin: string): FastifyReply {
  return reply
    .header('access-control-allow-origin', origin)
    .header('access-control-allow-credentials', 'true')
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('vary', 'origin')
}

function refuse(reply: FastifyReply) {
  return answer(
    reply,
    clusterError('not_permitted', 'Only pages of this cluster may continue here.', { field: 'origin' }),
  )
}

function answer(reply: FastifyReply, error: Parameters<typeof refusalAnswer>[0]) {
  const { status, body } = refusalAnswer(error)
  return reply.code(status).send(body)
}
