import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { contentPolicy } from './content-policy.ts'
import type { DashboardFile, DashboardFiles } from './dashboard-files.ts'
import { peerOrigins } from './peer-origins.ts'

/** Everything that no other route took: the pages and files of the dashboard. */
export function dashboardRoutes(
  app: FastifyInstance,
  files: DashboardFiles,
  controllerUrls: () => readonly string[],
): void {
  app.setNotFoundHandler((request, reply) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return plain(reply, 404, `There is nothing at ${request.method} ${pathOf(request)}.`)
    const file = files.find(pathOf(request))
    if (file) return send(request, reply, file, 200, controllerUrls)
    if (files.count === 0)
      return plain(
        reply,
        404,
        'This controller has no dashboard: its files are not built, or QD_DASHBOARD_DIR names another folder.',
      )
    if (files.notFound) return send(request, reply, files.notFound, 404, controllerUrls)
    return plain(reply, 404, 'There is no such page.')
  })
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/'
}

function plain(reply: FastifyReply, status: number, text: string) {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${text}\n`)
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  file: DashboardFile,
  status: number,
  controllerUrls: () => readonly string[],
) {
  reply
    .code(status)
    .header('content-type', file.type)
    .header('etag', file.etag)
    .header('vary', 'accept-encoding')
    .header('cache-control', file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (file.scriptHashes)
    reply.header(
      'content-security-policy',
      contentPolicy(file.scriptHashes, peerOrigins(controllerUrls(), request.headers.host)),
    )
  if (status === 200 && request.headers['if-none-match'] === file.etag) return reply.code(304).send()

  const accepted = request.headers['accept-encoding'] ?? ''
  for (const encoding of ['br', 'gzip'] as const) {
    const packed = new RegExp(`\\b${encoding}\\b`).test(String(accepted)) ? file.encoded(encoding) : null
    if (packed) return reply.header('content-encoding', encoding).send(packed)
  }
  return reply.send(file.body)
}
